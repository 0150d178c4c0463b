// The camera: what the scanner read leads to its page, or is said to be something else.

const opening = require('./opening')
const { tell } = require('./saying')

const FOREIGN = '这不是本系统的二维码。请扫队长出示的签到码，或者海报上的活动码。'

/** @returns {Promise<string>} what was read; "" where the person went back */
const read = () =>
  new Promise((done) => {
    wx.scanCode({ scanType: ['qrCode'], success: ({ result }) => done(result), fail: () => done('') })
  })

/** 扫码签到: scan, and on to the page that the code stands for. */
const scan = async () => {
  const text = await read()
  if (!text) return
  const page = opening.pageOf(text)
  if (page) opening.go(page)
  else await tell(FOREIGN)
}

module.exports = { read, scan, FOREIGN }
