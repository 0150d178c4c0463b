// One photo, taken or chosen: small enough for a bad line, and as text for the server.

const { Problem } = require('./problem')

const WIDTH = 1600 // writing on a photographed page is still read at this many dots

/** @returns {Promise<string>} where it lies on the phone; "" where the person went back */
const choose = () =>
  new Promise((done) => {
    wx.chooseMedia({
      count: 1, mediaType: ['image'], sizeType: ['compressed'],
      success: ({ tempFiles: [one] }) =>
        wx.compressImage({
          src: one.tempFilePath, quality: 70, compressedWidth: WIDTH,
          success: ({ tempFilePath }) => done(tempFilePath), fail: () => done(one.tempFilePath),
        }),
      fail: () => done(''),
    })
  })

/** @param {string} filePath @returns {Promise<string>} base64 */
const text = (filePath) =>
  new Promise((done, failed) => {
    wx.getFileSystemManager().readFile({
      filePath, encoding: 'base64',
      success: ({ data }) => done(String(data)),
      fail: () => failed(new Problem('refused', { code: 'photo_missing', message: '照片没有读出来，请重新选一张。' })),
    })
  })

module.exports = { choose, text }
