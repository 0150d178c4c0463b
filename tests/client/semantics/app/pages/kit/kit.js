Page({
  data: {
    word: 'W',
    obj: { id: 1, name: 'n' },
    rows: [{ k: 1, c: ['x', 'y'] }],
    n: 4,
    val: 'v0',
    two: '',
    hid: true,
    back: '',
  },
  seen: [],
  life: [],
  onLoad(query) {
    this.life.push(['load', query])
  },
  onShow() {
    this.life.push('show')
  },
  onReady() {
    this.life.push('ready')
  },
  onHide() {
    this.life.push('hide')
  },
  onTabItemTap(item) {
    this.life.push(`tab ${item.text}`)
  },
  outer(event) {
    this.seen.push(`outer${event.mark?.mk || ''}`)
  },
  inner(event) {
    this.seen.push(`inner${event.currentTarget.dataset.aB}${typeof event.currentTarget.dataset.aB}`)
  },
  inner2(event) {
    this.seen.push(`inner2${event.mark.mk}`)
  },
  longPress() {
    this.seen.push('longpress')
  },
  touchStart(event) {
    this.seen.push(`touches ${event.touches.length}`)
  },
  go() {
    wx.navigateTo({
      url: '/sub/detail/detail?x=%E4%BD%A0',
      events: { got: (data) => this.setData({ back: data.v }) },
      success: (result) => result.eventChannel.emit('init', { hi: 1 }),
    })
  },
})
