// Files of the server: a PDF that WeChat opens, a picture that only its owner may see.

const config = require('../config')
const { Problem } = require('./problem')
const session = require('./session')
const { fill } = require('./wire')

/** An address of the server at the host that this package may speak to. @param {string} address */
const here = (address) => config.base.replace(/\/api\/v1$/, '') + address.replace(/^https?:\/\/[^/]+/, '')

/**
 * @param {string} address the whole address, or a path below /api/v1 where `own`
 * @param {boolean} own whether the server wants to know who asks
 * @returns {Promise<string>} where it lies on the phone
 */
const bring = async (address, own) => {
  /** @type {Record<string, string>} */
  const header = own ? { Authorization: `Bearer ${await session.token()}` } : {}
  return new Promise((done, failed) => {
    wx.downloadFile({
      url: own ? config.base + address : here(address),
      header,
      timeout: 30000,
      success: ({ statusCode, tempFilePath }) => {
        if (statusCode === 200) done(tempFilePath)
        else failed(new Problem('fault', {}, statusCode))
      },
      fail: () => failed(new Problem('net')),
    })
  })
}

/**
 * A picture of mine, as an address for <image>.
 * @param {PathsOf<'GET'>} path as in the server's description
 * @param {Record<string, string>} params
 */
const picture = (path, params) => bring(fill(path, params), true)

/** Open a PDF; its menu at the top right passes it on. @param {string} address @returns {Promise<void>} */
const open = async (address) => {
  const filePath = await bring(address, false)
  return new Promise((done, failed) => {
    wx.openDocument({
      filePath, fileType: 'pdf', showMenu: true,
      success: () => done(), fail: () => failed(new Problem('fault', { message: '文件打不开。请过一会儿再试，或者请服务站打印。' })),
    })
  })
}

module.exports = { open, picture }
