Page({
  data: { at: 0, picture: '', watching: false, up: false },
  noted: [],
  note(event) {
    this.noted.push([event.type, event.detail])
  },
  lower(event) {
    this.noted.push([event.type, event.detail.direction])
  },
  up() {
    this.setData({ up: true })
  },
  down() {
    this.setData({ up: false })
  },
  /** Chooses a picture, shows it, sends it. */
  send() {
    wx.chooseMedia({
      count: 1,
      mediaType: ['image'],
      success: ({ tempFiles: [file] }) => {
        this.setData({ picture: file.tempFilePath })
        wx.uploadFile({
          url: 'https://api.example.cn/upload',
          filePath: file.tempFilePath,
          name: 'photo',
          formData: { why: '现场' },
          complete: (answer) => this.noted.push(['sent', answer.statusCode, JSON.parse(answer.data).body]),
        })
      },
    })
  },
  watch() {
    const seen = wx.createIntersectionObserver(this)
    seen.relativeToViewport().observe('.far', (found) => this.noted.push(['far', found.intersectionRatio > 0]))
  },
  dates() {
    return new Date('2026-01-31 09:00').getTime() === Date.parse('2026/01/31 09:00')
  },
  breaks() {
    setTimeout(() => wx.getSystemInfo({ success: () => this.nothing.here }))
  },
})
