// The start: from where it was opened goes to lib/opening.js, writes that waited for the network to lib/queue.js.

const opening = require('./lib/opening')
const queue = require('./lib/queue')

App({
  /** @param {{ path: string, query: Record<string, string>, scene: number }} options */
  onShow(options) {
    opening.opened(options)
    queue.send()
  },

  onLaunch() {
    wx.onNetworkStatusChange(({ isConnected }) => {
      if (isConnected) queue.send()
    })
  },
})
