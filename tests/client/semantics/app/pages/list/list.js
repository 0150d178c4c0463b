Page({
  data: { lines: Array.from({ length: 40 }, (_, index) => index) },
  seen: [],
  onLoad(query) {
    this.seen.push(['load', query])
  },
  onPullDownRefresh() {
    this.seen.push('pull')
    setTimeout(() => wx.stopPullDownRefresh(), 20)
  },
  onReachBottom() {
    this.seen.push('bottom')
  },
  onUnload() {
    getApp().seen.push(['unload', this.route])
    getApp().late = () => this.setData({ lines: [1, 2, 3, 4].concat(this.data.lines) })
  },
  onShareAppMessage() {
    return { title: '一起来', path: '/pages/list/list?from=share' }
  },
})
