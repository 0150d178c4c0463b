// The start: writes and a leader's scans that waited for the network go out when the program is shown and when the network is back.

const offline = require('./lib/offline')
const queue = require('./lib/queue')

const send = () => {
  queue.send()
  offline.bring().catch(() => {}) // goes on waiting; the day's list says what is not brought
}

App({
  onShow() {
    send()
  },

  onLaunch() {
    wx.onNetworkStatusChange(({ isConnected }) => {
      if (isConnected) send()
    })
  },
})
