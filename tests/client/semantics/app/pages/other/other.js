Page({
  data: {
    places: [{ name: '东城' }, { name: '西城' }],
    place: 0,
    day: '2026-12-01',
    skills: ['护理', '法律'],
    sent: '',
  },
  result: [],
  choose(event) {
    this.setData({ place: event.detail.value })
  },
  pickDay(event) {
    this.setData({ day: event.detail.value })
  },
  submit(event) {
    this.setData({ sent: JSON.stringify(event.detail.value) })
  },
  never() {
    this.result.push('never')
  },
  read() {
    this.result.push('read')
  },
  agreed() {
    this.result.push('agreed')
    this.resolve?.({ event: 'agree', buttonId: 'agree' })
  },
  subscribe() {
    wx.requestSubscribeMessage({ tmplIds: ['tmpl-1', 'tmpl-2'], complete: (answer) => this.result.push(answer) })
  },
  async subscribeLate() {
    await new Promise((done) => setTimeout(done, 20))
    wx.requestSubscribeMessage({ tmplIds: ['tmpl-1'], complete: (answer) => this.result.push(answer) })
  },
})
