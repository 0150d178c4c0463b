Page({
  data: { big: '' },
  onLoad(query) {
    if (query.go) wx.redirectTo({ url: '/pages/list/list' })
  },
  /** Which names of a browser this script sees. */
  browser() {
    return [typeof window, typeof document, typeof fetch, typeof localStorage, typeof URLSearchParams, typeof atob]
  },
  tooMuch() {
    this.setData({ big: 'x'.repeat(257 * 1024) })
  },
  unknown() {
    wx.neverHeardOf()
  },
})
