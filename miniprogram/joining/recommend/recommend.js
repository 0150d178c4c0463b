// 推荐入队: my team's page passed on to a friend (he applies himself); a leader recommends somebody by scan or number.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { tell } = require('../../lib/saying')
const scanner = require('../../lib/scanner')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  offered: { word: '等对方答复', look: 'wait' }, submitted: { word: '本人愿意，等决定', look: 'wait' }, approved: { word: '已经入队', look: 'ok' },
  declined: { word: '本人这次不加入', look: '' }, refused: { word: '没有通过', look: 'bad' }, withdrawn: { word: '本人撤回了', look: '' },
})

/** @param {any} each of GET /me/recommendations */
const line = (each) => ({ code: each.code, name: each.name, team: each.team, at: moment(each.at), ...(STATES[each.state] || STATES.refused) })

Page(view({
  settled: true,
  data: { home: null, teams: [], names: [], team: 0, person: '', scanned: false, statement: '', list: [] },

  async load() {
    const [mine, me] = await Promise.all([api.get('/me/recommendations'), api.get('/me')])
    const home = me.teams.find((/** @type {any} */ each) => each.home) || me.teams[0] || null
    return {
      home, teams: mine.teams, names: mine.teams.map((/** @type {any} */ each) => each.name), list: mine.recommended.map(line),
    }
  },

  onShareAppMessage() {
    const { home } = this.data
    return home
      ? { title: `来加入${home.name}`, path: `/pages/join/join?code=${home.code}` }
      : { title: '来做老兵志愿者', path: '/pages/join/join' }
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  /** @param {any} event */
  onTeam(event) {
    this.setData({ team: Number(event.detail.value) })
  },

  async onScan() {
    const text = await scanner.read()
    if (!text) return
    if (opening.meaning(text).kind !== 'person') return tell('这不是志愿者的码。请对方打开小程序，点“我的码”。')
    this.setData({ person: text, scanned: true })
  },

  onNotScanned() {
    this.setData({ person: '', scanned: false })
  },

  async onRecommend() {
    const { teams, team, person, statement } = this.data
    if (!person.trim()) return tell('请先扫对方的码，或者填编号。')
    const done = await this.act('recommend', () => api.post(
      '/teams/{code}/recommendations', { code: teams[team].code }, { person: person.trim(), statement: statement.trim() },
    ))
    if (!done) return
    this.setData({ person: '', scanned: false, statement: '' })
    await this.refresh()
    await tell('推荐好了。本人愿意加入，才会往下办。')
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },
}))
