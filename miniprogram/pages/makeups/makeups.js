// 补录: went there and was not scanned; what waits to be asked for, what became of it (`shift`: the one to ask for).

const api = require('../../lib/request')
const { askYes, tell } = require('../../lib/saying')
const { clock, duration, moment, onDay, span } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  requested: { word: '等核对', look: 'wait' }, approved: { word: '已补上', look: 'ok' },
  refused: { word: '没有通过', look: 'bad' }, withdrawn: { word: '已撤回', look: '' },
})

Page(view({
  settled: true,
  drafts: ['chosen', 'from', 'to', 'reason'],
  cache: 'makeups',
  data: { chances: [], list: [], chosen: null, from: '', to: '', reason: '' },

  async load() {
    const { chances, makeups } = await api.get('/me/makeups')
    const shown = chances.map((/** @type {any} */ each) => ({
      shift: each.shift_code, title: each.title, when: span(each.starts_at, each.ends_at), until: moment(each.until),
      startsAt: each.starts_at, endsAt: each.ends_at,
    }))
    const { chosen } = this.data // of a draft: its 今天 may be yesterday by now
    if (chosen) this.setIfHere({ chosen: { ...chosen, when: span(chosen.startsAt, chosen.endsAt) } })
    else if (this.query.shift && !this.asked) this.choose(shown.find(this.isAsked, this) || this.unlisted())
    this.asked = true
    return {
      chances: shown,
      list: makeups.map((/** @type {any} */ each) => ({
        ...each, ...(STATES[each.state] || STATES.requested), when: span(each.from_at, each.to_at), length: duration(each.minutes),
      })),
    }
  },

  asked: false, // the one in the address is opened once

  /** @param {any} each */
  isAsked(each) {
    return each.shift === this.query.shift
  },

  /** Of an activity that he did not sign up for; its page brings him here. */
  unlisted() {
    const { shift, title, starts, ends } = this.query
    return { shift, title, when: span(starts, ends), startsAt: starts, endsAt: ends }
  },

  /** @param {any} chance */
  choose(chance) {
    this.setData({ chosen: chance, from: clock(chance.startsAt), to: clock(chance.endsAt), reason: '' })
  },

  /** @param {any} event */
  onChoose(event) {
    this.choose(this.data.chances[event.currentTarget.dataset.index])
    wx.pageScrollTo({ scrollTop: 0 })
  },

  onNotNow() {
    this.setData({ chosen: null, from: '', to: '', reason: '' })
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  async onAsk() {
    const { chosen, from, to, reason } = this.data
    await this.act('ask', async () => {
      const [from_at, to_at] = [onDay(chosen.startsAt, from), onDay(chosen.startsAt, to, from)]
      await api.post('/me/makeups', {}, { shift_code: chosen.shift, from_at, to_at, reason })
      this.setData({ chosen: null, from: '', to: '', reason: '' })
      await this.refresh()
      await tell('交上去了。别人核对以后，会告诉您。')
    })
  },

  /** @param {any} event */
  async onWithdraw(event) {
    const { code } = event.currentTarget.dataset
    if (!(await askYes('撤回这份补录申请？', { yes: '撤回', no: '不撤' }))) return
    const done = await this.act('withdraw', () => api.del('/me/makeups/{code}', { code }))
    if (done) await this.refresh()
  },
}))
