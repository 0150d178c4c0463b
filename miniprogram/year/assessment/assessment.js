// 年度考核: one year's (`code`; none: the newest): the one thing to do now, or what came out and how; an objection to it.

const api = require('../../lib/request')
const assessed = require('../lib/assessed')
const opening = require('../../lib/opening')
const { askYes, brief, tell } = require('../../lib/saying')
const view = require('../../lib/view')

Page(view({
  cache: (/** @type {Record<string, string>} */ query) => `assessment-${query.code || ''}`,
  data: { card: null, past: [], left: 0, objecting: false, text: '' },

  async load() {
    const { code } = this.query
    const { assessments } = await api.get('/me/assessments')
    const listed = assessments.find((/** @type {any} */ each) => each.code === code)
    const one = listed || (code ? await api.get('/me/assessments/{code}', { code }) : assessments[0])
    if (one) {
      const others = assessments.filter((/** @type {any} */ each) => each.code !== one.code)
      return { card: assessed.card(one), past: others.map(assessed.past), left: 0 }
    }
    const { tasks } = await api.get('/me/assessment-tasks') // who has no card may be asked about others all the same
    const waits = (/** @type {any} */ each) => each.open && each.score === null && !each.passed
    return { card: null, past: [], left: tasks.filter(waits).length }
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },

  onObjecting() {
    this.setData({ objecting: !this.data.objecting })
  },

  /** @param {any} event */
  onText(event) {
    this.setData({ text: event.detail.value })
  },

  async onObject() {
    const text = this.data.text.trim()
    if (!text) return tell('请写一写哪里不对。')
    await this.act('object', async () => {
      await api.post('/me/assessments/{code}/objection', { code: this.data.card.code }, { text })
      this.setData({ objecting: false, text: '' })
      await this.refresh()
      await tell('异议交上去了。由没有参与评定的人看，有答复会告诉您。')
    })
  },

  async onWithdraw() {
    if (!(await askYes('撤回异议？撤回以后结果不变。', { yes: '撤回', no: '不撤' }))) return
    await this.act('withdraw', async () => {
      await api.del('/me/assessment-objections/{code}', { code: this.data.card.result.objection.code })
      await this.refresh()
      brief('已经撤回，结果不变')
    })
  },
}))
