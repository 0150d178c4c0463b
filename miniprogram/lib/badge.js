// How many messages are new, on the bar below.

const INBOX = 2 // the tab of the messages

/** @param {number} unread */
const badge = (unread) => {
  const quiet = () => {} // the page is not a tab's any more
  if (unread) wx.setTabBarBadge({ index: INBOX, text: String(Math.min(unread, 99)), fail: quiet })
  else wx.removeTabBarBadge({ index: INBOX, fail: quiet })
}

module.exports = { badge }
