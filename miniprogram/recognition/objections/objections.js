// 我的异议: how each stands; taking one back, yes to the answer, or on to the county (`code`: this one alone).

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { askYes, tell } = require('../../lib/saying')
const { duration, lastDay, moment } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  open: { word: '等答复', look: 'wait' }, answered: { word: '已答复', look: 'ok' }, raised: { word: '等县里答复', look: 'wait' },
  closed: { word: '办结', look: '' }, withdrawn: { word: '已撤回', look: '' },
})

/** @param {any} each of GET /me/objections */
const objection = (each) => ({
  code: each.code, state: each.state, ...STATES[each.state], title: each.title || each.team, text: each.text, at: moment(each.at),
  wanted: each.wanted_minutes === null ? '' : duration(each.wanted_minutes), due: lastDay(each.due_at),
  answer: each.answer, by: each.answered_by, why: each.raised_why, final: each.final,
  until: each.further_until ? moment(each.further_until) : '',
  changed: each.minutes_after === null || each.minutes_before === null
    ? '' : `${duration(each.minutes_before)}改成${duration(each.minutes_after)}`,
})

Page(view({
  cache: (query) => `objections${query.code || ''}`,
  data: { list: [], further: '', why: '' },

  async load() {
    const { objections } = await api.get('/me/objections')
    const all = objections.map(objection)
    const one = this.query.code ? all.filter((/** @type {any} */ each) => each.code === this.query.code) : []
    return { list: one.length ? one : all }
  },

  /** @param {any} event */
  async onWithdraw(event) {
    const { code } = event.currentTarget.dataset
    if (!(await askYes('这次不提了？时长还是原来记的。', { yes: '不提了', no: '再想想' }))) return
    const done = await this.act('act', () => api.del('/me/objections/{code}', { code }))
    if (done) await this.refresh()
  },

  /** @param {any} event */
  async onAccept(event) {
    const { code } = event.currentTarget.dataset
    const done = await this.act('act', () => api.post('/me/objections/{code}/accept', { code }))
    if (done) await this.refresh()
  },

  /** @param {any} event */
  onFurther(event) {
    this.setData({ further: event.currentTarget.dataset.code, why: '' })
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ why: event.detail.value })
  },

  async onSendFurther() {
    const { further, why } = this.data
    if (!why.trim()) return tell('请先写为什么不同意。')
    const done = await this.act('act', () => api.post('/me/objections/{code}/further', { code: further }, { text: why.trim() }))
    if (!done) return
    this.setData({ further: '' })
    await this.refresh()
    await tell('交给县里了。县里的答复是最后的答复。')
  },

  onHours() {
    opening.go('/recognition/hours/hours')
  },
}))
