// The control of the checks: each line below with "wrong:" must be found, by that part of its message; no other line may be.

const api = require('../../lib/request')
const papers = require('../../lib/papers')
const queue = require('../../lib/queue')
const { asProblem } = require('../../lib/problem')
const { askYes } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')
const { call } = require('../../lib/wire')

/** @type {Partial<Record<ProblemCode, string>>} */
const FIELDS = {
  phone_invalit: 'phone', // wrong: phone_invalit
}

/** @param {any} each a sign-up of mine */
const signup = (each) => ({
  title: each.title, when: moment(each.starts_at),
  where: each.plase, // wrong: 'plase' does not exist
})

/** @param {any[]} ways */
const first = (ways) => ways[0].wey // wrong: 'wey' does not exist

Page(view({
  cache: 'inbox', // wrong: keeps its view under "inbox", too
  data: {
    list: [], why: '', more: {}, sent: false, answer: null,
    problem: '', // wrong: data.problem: lib/view.js has its own
  },

  async load() {
    await api.get('/me/hom') // wrong: "/me/hom"
    await api.get('/signups') // wrong: "/signups"
    await api.get('/activities/{id}') // wrong: "/activities/{id}"
    await api.get('/activities/{code}') // wrong: Expected 2 arguments
    await api.get('/activities/{code}', { cod: this.query.code }) // wrong: 'cod'
    await api.get('/activities', { afterwards: 'x' }) // wrong: 'afterwards'
    await api.get('/activities', { limit: 'twenty' }) // wrong: '"twenty"' is not assignable
    await api.get('/me/subscriptions', { moment: 'sign-up' }) // wrong: Did you mean '"signup"'
    await call('POST', '/offline/don', null, {}) // wrong: "/offline/don"
    await call('POST', '/session', { cod: 'x' }, {}) // wrong: 'cod'
    await papers.picture('/reward/{code}/photo', { code: 'x' }) // wrong: "/reward/{code}/photo"
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

  refresh() {}, // wrong: refresh: lib/view.js has its own

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
    this.loading = null // wrong: this.loading: lib/view.js keeps something else there
    this.setData({ mayRemnd: false }) // wrong: setData: mayRemnd is not in the page's data
    const { lists } = this.data // wrong: this.data.lists: the page gives no lists
    if (this.data.wy) return lists // wrong: this.data.wy: the page gives no wy
    wx.navigateTo({ url: '/pages/activty/activity' }) // wrong: there is no page pages/activty/activity
    wx.navigateTo({ url: `/pages/activity/activity?cod=${lists}` }) // wrong: pages/activity/activity reads no cod of its address
    wx.navigateTo({ url: '/pages/home/home' }) // wrong: pages/home/home is a tab, and only switchTab opens it
    wx.switchTab({ url: '/pages/scan/scan' }) // wrong: pages/scan/scan is no tab
    wx.switchTab({ url: '/pages/me/me?from=x' }) // wrong: pages/me/me is a tab: what stands behind ? is lost
    wx.pageScrollTo({ selector: '#sign-up' }) // wrong: nothing in the template has id="sign-up"
    const done = this.act('x', async () => {}) // wrong: this.act(…) without await
    if (!askYes('x')) return done // wrong: askYes(…) without await
    console.log(FIELDS) // wrong: what was for looking
    wx['getClipboardData']({}) // wrong: wx by name only
    return new Date().toLocaleTimeString('zh-CN') // wrong: phones differ in toLocaleString
  },

  /** @param {any} event */
  async onField(event) {
    const { feld } = event.currentTarget.dataset // wrong: no element of the template has data-feld
    this.setData({ [event.target.dataset.field]: feld }) // wrong: event.target is what lies under the finger
    const problem = asProblem(null)
    if (problem.code === 'not_registred') return // wrong: have no overlap
    const said = await api.post('/attendance/scans', {}, { code: 'x' })
    if (said.outcome === 'repeated') return // wrong: have no overlap
  },

  /** @param {{ currentTarget: { dataset: { page: string } } }} event */
  onGo(event) {
    return event.currentTarget.dataset.page
  },

  async onRight() {
    const made = await api.post('/signups', {}, { shift_code: 'x', risk_accepted: true, ...this.data.more })
    const { sent, answer } = await queue.now({ method: 'POST', path: '/me/inbox/read', params: {}, body: { ids: [1] }, what: 'x' })
    const found = await api.get('/activities', { domain: 'D1', after: '' })
    this.setData({ state: made.state, list: found.activities.map((/** @type {any} */ each) => each.title), sent, answer })
  },
}))
