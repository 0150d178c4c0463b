// Codes of the complaints and objections that were written on this phone, the newest first.

const { moment } = require('./text')

const KEPT = 'complaints'
const MOST = 10

/** @returns {{ token: string, at: string }[]} */
const kept = () => wx.getStorageSync(KEPT) || []

/** @param {string} token @returns {{ token: string, at: string }[]} all of them */
const keep = (token) => {
  const tokens = [{ token, at: moment(Date.now()) }, ...kept()].slice(0, MOST)
  wx.setStorageSync(KEPT, tokens)
  return tokens
}

module.exports = { keep, kept }
