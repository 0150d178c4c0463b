// Large text: a switch in the settings that makes everything bigger; on at first where the phone's own text is large.

const KEY = 'textsize'
const LARGE_PHONE = 19 // WeChat's own setting 字体大小, in px; 16 or 17 is the normal one

/** @returns {boolean} */
const isLarge = () => {
  const chosen = wx.getStorageSync(KEY)
  if (chosen) return chosen === 'large'
  return (wx.getAppBaseInfo().fontSizeSetting || 0) >= LARGE_PHONE
}

/** @param {boolean} large */
const choose = (large) => wx.setStorageSync(KEY, large ? 'large' : 'normal')

module.exports = {
  isLarge,
  choose,
  /** The class of a page's root: `<view class="page {{size}}">`. */
  size: () => (isLarge() ? 'large' : ''),
}
