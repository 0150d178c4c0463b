// The subscription dialog: asked in the tap that wants the message (a sign-up, a check-in, 提醒我), never on its own.
//
// WeChat opens it only straight from a tap, so the templates are fetched when the page is loaded. What the person answers
// WeChat tells the server itself. Whatever comes of it, the act goes on.

const api = require('./request')

/** @type {Record<string, string[]>} */
const ready = {}

/**
 * Fetch what this moment would ask for; quietly.
 * @param {'signup' | 'checkin' | 'remind'} moment
 * @returns {Promise<boolean>} whether there is anything to ask
 */
const prepare = (moment) => {
  ready[moment] = []
  return api.get('/me/subscriptions', { moment }).then(({ templates }) => hold(moment, templates), () => false)
}

/**
 * What this moment would ask for, where it came with the page's own answer.
 * @param {'signup' | 'checkin' | 'remind'} moment @param {any[]} templates
 * @returns {boolean} whether there is anything to ask
 */
const hold = (moment, templates) => {
  ready[moment] = templates.map((each) => each.template_id)
  return ready[moment].length > 0
}

/**
 * First in the tap's handler.
 * @param {'signup' | 'checkin' | 'remind'} moment
 * @returns {Promise<boolean>} whether the dialog was shown
 */
const ask = (moment) =>
  new Promise((done) => {
    const tmplIds = ready[moment] || []
    if (!tmplIds.length) return done(false)
    ready[moment] = []
    wx.requestSubscribeMessage({ tmplIds, success: () => done(true), fail: () => done(false) })
  })

module.exports = { ask, hold, prepare }
