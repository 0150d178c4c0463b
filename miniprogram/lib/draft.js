// What somebody is writing, kept on this phone until it has been sent: a page closed by a call loses nothing.

const PREFIX = 'draft:'

/** @param {string} name @param {Record<string, any>} written */
const keep = (name, written) => {
  try {
    wx.setStorageSync(PREFIX + name, written)
  } catch (error) {
    clear() // the phone's ten megabytes are full
  }
}

/** @param {string} name @returns {Record<string, any> | null} */
const recall = (name) => wx.getStorageSync(PREFIX + name) || null

/** @param {string} name */
const drop = (name) => wx.removeStorageSync(PREFIX + name)

/** Nothing of mine stays on a phone that I log out of. */
const clear = () => {
  for (const key of wx.getStorageInfoSync().keys) if (key.startsWith(PREFIX)) wx.removeStorageSync(key)
}

module.exports = { clear, drop, keep, recall }
