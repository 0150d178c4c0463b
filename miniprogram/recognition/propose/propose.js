// 推荐受表彰: a leader's team or one of its members, or oneself (`self`); for what, and what they did; what I proposed.

const api = require('../../lib/request')
const { tell } = require('../../lib/saying')
const { date } = require('../../lib/text')
const view = require('../../lib/view')
const { LOOKS } = require('../words')

/** @param {any} each of GET /me/nominations */
const proposed = (each) => ({
  code: each.code, whom: each.whom, title: each.title, word: each.word, look: LOOKS[each.state] || '',
  how: each.until ? `公示到 ${date(each.until)}` : each.at_place ? `等${each.at_place}审核` : '',
})

Page(view({
  settled: true,
  data: { own: false, teams: [], team: '', teamName: '', people: [], whom: [], person: 0, kinds: [], kind: -1, teamKinds: [], personKinds: [], merits: '', list: [] },

  async load() {
    const [mine, { nominations }] = await Promise.all([api.get('/me/honours'), api.get('/me/nominations')])
    const list = nominations.map(proposed)
    if (this.query.self) return { own: true, list, teams: [], kinds: mine.own_kinds }
    if (mine.leads.length === 1 && !this.data.team) return { list, teams: mine.leads, ...(await this.team(mine.leads[0].code)) }
    return { list, teams: mine.leads }
  },

  /** @param {string} code @returns {Promise<any>} whom of this team one may propose, and for what */
  async team(code) {
    const found = await api.get('/teams/{code}/nominees', { code })
    return {
      team: code, teamName: found.name, people: found.people, person: 0, kind: -1, kinds: found.team_kinds,
      whom: ['整支服务队', ...found.people.map((/** @type {any} */ each) => each.name)], teamKinds: found.team_kinds, personKinds: found.person_kinds,
    }
  },

  /** @param {any} event */
  async onTeam(event) {
    const { code } = event.currentTarget.dataset
    await this.act('team', async () => this.setData(await this.team(code)))
  },

  onOtherTeam() {
    this.setData({ team: '' })
  },

  /** @param {any} event */
  onPerson(event) {
    const person = Number(event.detail.value)
    this.setData({ person, kind: -1, kinds: person ? this.data.personKinds : this.data.teamKinds })
  },

  /** @param {any} event */
  onKind(event) {
    this.setData({ kind: Number(event.detail.value) })
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ merits: event.detail.value })
  },

  async onSubmit() {
    const { own, team, people, person, kinds, kind, merits } = this.data
    if (kind < 0) return tell('请先选哪一项荣誉。')
    if (!merits.trim()) return tell('请写做了哪些事。')
    const said = { kind: kinds[kind].code, merits: merits.trim() }
    const done = await this.act('submit', () => (own
      ? api.post('/me/honours', {}, said)
      : api.post('/me/nominations', {}, { ...said, team, person: person ? people[person - 1].public_no : '' })))
    if (!done) return
    this.setData({ merits: '', kind: -1 })
    await this.refresh()
    await tell('推荐上去了。有结果会告诉您。')
  },
}))
