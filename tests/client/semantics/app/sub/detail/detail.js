Component({
  properties: { x: String },
  data: { hi: 0 },
  pageLifetimes: {
    show() {
      this.shows = (this.shows || 0) + 1
    },
  },
  methods: {
    onLoad(query) {
      this.query = query
      this.stack = getCurrentPages().length
      wx.setNavigationBarTitle({ title: '活动详情' })
      this.getOpenerEventChannel().on('init', (data) => this.setData({ hi: data.hi }))
    },
    bk() {
      this.getOpenerEventChannel().emit('got', { v: 'BACK' })
      wx.navigateBack()
    },
  },
})
