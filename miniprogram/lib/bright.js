// A code that somebody else scans: the screen as bright as it can be while it shows, and as it was before afterwards.

/** @type {number | undefined} */
let before

const on = () => {
  wx.getScreenBrightness({
    success: ({ value }) => {
      before = value
      wx.setScreenBrightness({ value: 1 })
    },
  })
  wx.setKeepScreenOn({ keepScreenOn: true })
}

const off = () => {
  if (before !== undefined) wx.setScreenBrightness({ value: before })
  before = undefined
  wx.setKeepScreenOn({ keepScreenOn: false })
}

module.exports = { on, off }
