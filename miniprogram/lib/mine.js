// What lies on this phone of somebody who logs out: views, drafts, kept writes, a scan that waits, codes of complaints, the
// session.

const cache = require('./cache')
const draft = require('./draft')
const offline = require('./offline')
const queue = require('./queue')
const session = require('./session')

const forget = () => {
  cache.clear()
  draft.clear()
  queue.clear()
  offline.clear()
  wx.removeStorageSync('ticket')
  wx.removeStorageSync('complaints')
  session.leave()
}

module.exports = { forget }
