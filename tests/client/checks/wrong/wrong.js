// The control of the checks: each line below with "wrong:" must be found, by that part of its message; no other line may be.

const api = require('../../lib/request')
const queue = require('../../lib/queue')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {any} each a sign-up of mine */
const signup = (each) => ({
  title: each.title, when: moment(each.starts_at),
  where: each.plase, // wrong: 'plase' does not exist
})

/** @param {any[]} ways */
const first = (ways) => ways[0].wey // wrong: 'wey' does not exist

Page(view({
  data: { list: [] },

  async load() {
    await api.get('/me/hom') // wrong: "/me/hom"
    await api.get('/signups') // wrong: "/signups"
    await api.get('/activities/{id}') // wrong: "/activities/{id}"
    await api.get('/activities/{code}') // wrong: Expected 2 arguments
    await api.get('/activities/{code}', { cod: this.query.code }) // wrong: 'cod'
    await api.get('/activities', { afterwards: 'x' }) // wrong: 'afterwards'
    const query = { domain: 'D1', seite: 2 }
    await api.get('/activities', query) // wrong: NameUnknownToTheServer<"seite">
    const { activities, total } = await api.get('/activities') // wrong: 'total' does not exist
    const home = await api.get('/me/home')
    const none = home.barred.reason // wrong: possibly 'null'
    const words = home.unread.trim() // wrong: 'trim' does not exist
    const [me, hours] = await Promise.all([api.get('/me'), api.get('/me/hours')])
    return {
      none, words, total, name: me.nickname, // wrong: 'nickname' does not exist
      hours: hours.total,
      titles: activities.map((/** @type {any} */ each) => each.titel), // wrong: 'titel' does not exist
      me, calls: home.calls, mine: home.signups.map(signup), first: first(home.signups), shown: this.shown(home),
    }
  },

  /** @param {any} home */
  shown(home) {
    return home.unreed // wrong: 'unreed' does not exist
  },

  async onTap() {
    await api.post('/signups', {}, { shift_code: 'x', risk: true }) // wrong: 'risk'
    await api.post('/signups', {}, { risk_accepted: true }) // wrong: shift_code
    await api.post('/signups', {}, { shift_code: 7, risk_accepted: true }) // wrong: 'number' is not assignable to type 'string'
    await api.put('/signups', {}, { shift_code: 'x' }) // wrong: "/signups"
    await api.del('/me/cod') // wrong: "/me/cod"
    await queue.now({ method: 'POST', path: '/me/inbox/red', params: {}, body: { ids: [1] }, what: 'x' }) // wrong: "/me/inbox/red"
    await queue.now({ method: 'POST', path: '/me/inbox/read', params: {}, body: { id: [1] }, what: 'x' }) // wrong: 'id'
    this.setDatta({ list: [] }) // wrong: setDatta
    wx.showTost({ title: 'x' }) // wrong: showTost
    wx.showToast({ titel: 'x' }) // wrong: titel
    document.title = 'x' // wrong: document
  },

  async onRight() {
    const made = await api.post('/signups', {}, { shift_code: 'x', risk_accepted: true, ...this.data.more })
    const { sent, answer } = await queue.now({ method: 'POST', path: '/me/inbox/read', params: {}, body: { ids: [1] }, what: 'x' })
    const found = await api.get('/activities', { domain: 'D1', after: '' })
    this.setData({ state: made.state, list: found.activities.map((/** @type {any} */ each) => each.title), sent, answer })
  },
}))
