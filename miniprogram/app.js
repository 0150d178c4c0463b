// The start: writes that waited for the network go out when the program is shown and when the network is back.

const queue = require('./lib/queue')

App({
  onShow() {
    queue.send()
  },

  onLaunch() {
    wx.onNetworkStatusChange(({ isConnected }) => {
      if (isConnected) queue.send()
    })
  },
})
