// The last view of a page, to be shown at once while the new one comes, or instead of it where there is no network.

const { moment } = require('./text')

const PREFIX = 'view:'

/** @param {string} name @param {Record<string, any>} shown */
const keep = (name, shown) => {
  try {
    wx.setStorageSync(PREFIX + name, { shown, at: Date.now() })
  } catch (error) {
    clear() // the phone's ten megabytes are full: old views are the first to go
  }
}

/** @param {string} name @returns {{ shown: Record<string, any>, said: string } | null} the view, and from when it is */
const recall = (name) => {
  const found = wx.getStorageSync(PREFIX + name)
  if (!found) return null
  const when = moment(found.at)
  const other = when.startsWith('今天') ? '' : '（里面写的“今天”是那一天）'
  return { shown: found.shown, said: `上次更新 ${when}${other}` }
}

/** Nothing of mine stays on a phone that I log out of. */
const clear = () => {
  for (const key of wx.getStorageInfoSync().keys) if (key.startsWith(PREFIX)) wx.removeStorageSync(key)
}

module.exports = { keep, recall, clear }
