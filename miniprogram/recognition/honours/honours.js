// 我的荣誉: what I hold and am proposed for, my teams', whether my name may stand on the wall; the ways to propose.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { askYes, brief } = require('../../lib/saying')
const { date } = require('../../lib/text')
const view = require('../../lib/view')

const PURPOSE = 'honour_wall'

/** @param {any} each */
const way = (each) => ({
  code: each.code, name: each.name, word: each.word,
  says: each.state === 'announced' ? `您被推荐，公示到 ${date(each.until)}。公示里只写您的姓，不写名。` : '您被推荐了，正在审核。',
})

Page(view({
  cache: 'honours',
  data: { held: [], ways: [], teams: [], gone: [], onWall: false, leads: false, own: false, text: '' },

  async load() {
    const mine = await api.get('/me/honours')
    return {
      held: mine.held.map((/** @type {any} */ each) => ({ code: each.code, name: each.name, by: each.awarded_by, day: date(each.awarded_on) })),
      ways: mine.ways.map(way), gone: mine.gone, onWall: mine.on_wall, leads: mine.leads.length > 0, own: mine.own_kinds.length > 0,
      teams: mine.teams.map((/** @type {any} */ each, /** @type {number} */ index) => ({
        index, name: each.name, team: each.team, by: each.awarded_by, day: date(each.awarded_on),
      })),
    }
  },

  /** The text before a yes. */
  async onRead() {
    await this.act('read', async () => {
      const { consents } = await api.get('/me/consents')
      const found = consents.find((/** @type {any} */ each) => each.purpose === PURPOSE)
      this.setData({ text: found ? found.text : '' })
    })
  },

  async onAgree() {
    const done = await this.act('wall', () => api.put('/me/consents/{purpose}', { purpose: PURPOSE }, { given: true }))
    if (!done) return
    this.setData({ text: '' })
    await this.refresh()
    brief('好，写上全名')
  },

  async onSurname() {
    if (!(await askYes('荣誉墙上不再写您的全名，只写姓。荣誉还在。', { yes: '只写姓', no: '不改' }))) return
    const done = await this.act('wall', () => api.put('/me/consents/{purpose}', { purpose: PURPOSE }, { given: false }))
    if (done) await this.refresh()
  },

  /** @param {any} event */
  async onDecline(event) {
    const { code, name } = event.currentTarget.dataset
    if (!(await askYes(`放弃“${name}”？放弃以后，这次推荐就结束了。`, { yes: '放弃', no: '不放弃' }))) return
    const done = await this.act('decline', () => api.del('/me/honours/{code}', { code }))
    if (done) await this.refresh()
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },
}))
