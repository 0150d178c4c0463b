// What is said to the person outside the page: a sentence to be read and closed, a question, a short word.

/** @param {string} content @returns {Promise<void>} */
const tell = (content) =>
  new Promise((done) => {
    wx.showModal({ content, showCancel: false, confirmText: '知道了', complete: () => done() })
  })

/**
 * @param {string} content
 * @param {{ yes?: string, no?: string }} [words] at most four characters each
 * @returns {Promise<boolean>}
 */
const askYes = (content, words = {}) =>
  new Promise((done) => {
    wx.showModal({
      content, confirmText: words.yes || '确定', cancelText: words.no || '取消',
      success: ({ confirm }) => done(confirm), fail: () => done(false),
    })
  })

/** @param {string} title */
const brief = (title) => wx.showToast({ title, icon: 'none', duration: 2500 })

module.exports = { tell, askYes, brief }
