// The phone in the leader's hand: shown as bright as it can be, and kept awake.

/** @param {any} page keeps what the screen was before */
const wake = (page) => {
  wx.setKeepScreenOn({ keepScreenOn: true })
  wx.getScreenBrightness({
    success: ({ value }) => {
      if (page.before === undefined) page.before = value
      wx.setScreenBrightness({ value: 1 })
    },
  })
}

/** @param {any} page */
const rest = (page) => {
  if (page.before !== undefined) wx.setScreenBrightness({ value: page.before })
  page.before = undefined
  wx.setKeepScreenOn({ keepScreenOn: false })
}

module.exports = { rest, wake }
