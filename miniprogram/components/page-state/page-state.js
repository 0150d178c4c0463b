// What stands above a page's matter: 正在打开, how old the view is, or what went wrong with the one button that helps.

const session = require('../../lib/session')

Component({
  options: { addGlobalClass: true },
  properties: {
    state: String,
    problem: String,
    remedy: String,
    stale: String,
  },
  methods: {
    onRetry() {
      this.triggerEvent('retry')
    },
    onComeBack() {
      session.comeBack()
      this.triggerEvent('retry')
    },
    onBack() {
      wx.navigateBack({ fail: () => wx.reLaunch({ url: '/pages/home/home' }) })
    },
    onRegister() {
      this.triggerEvent('register')
    },
  },
})
