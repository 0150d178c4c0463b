// What lies on this phone of somebody who logs out or leaves: views, kept writes, a scan that waits, the session.

const cache = require('./cache')
const queue = require('./queue')
const session = require('./session')

const forget = () => {
  cache.clear()
  queue.clear()
  wx.removeStorageSync('ticket')
  session.forget()
}

module.exports = { forget }
