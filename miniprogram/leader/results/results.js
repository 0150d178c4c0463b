// 成绩和证书 of a training: who has passed, the end with its certificates, a correction afterwards with its reason.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, brief, tell } = require('../../lib/saying')
const { span } = require('../../lib/text')
const view = require('../../lib/view')

const LOOKS = /** @type {Record<string, string>} */ ({ passed: 'ok', attended: 'ok', failed: 'bad' })
const OTHER = /** @type {Record<string, string>} */ ({ passed: 'failed', failed: 'passed' })

Page(view({
  settled: true,
  data: { title: '', lines: [], open: '', reason: '' },

  async load() {
    const { code } = this.query
    const sheet = await api.get('/trainings/{code}/results', { code })
    return {
      title: sheet.title, when: span(sheet.starts_at, sheet.ends_at), team: sheet.team, over: sheet.over, waiting: sheet.waiting, leads: sheet.leads,
      tested: sheet.tested, certificate: sheet.certificate, finished: sheet.finished,
      lines: sheet.lines.map((/** @type {any} */ each) => ({
        no: each.public_no, name: each.name, told: each.told, result: each.result, was: each.result, word: each.word, look: LOOKS[each.result] || 'wait',
        certificate: each.certificate, me: each.me, correct: each.may_correct, to: OTHER[each.result] || (sheet.tested ? 'passed' : 'attended'),
      })),
    }
  },

  onShow() {
    if (this.left) this.refresh() // back from confirming the hours
    this.left = false
  },

  onConfirm() {
    this.left = true
    opening.go(`/leader/confirm/confirm?code=${this.query.code}`)
  },

  /** @param {any} event */
  onResult(event) {
    const { index, result } = event.currentTarget.dataset
    this.setData({ [`lines[${index}].result`]: result })
  },

  /** What was tapped and is not kept yet. @returns {Record<string, 'passed' | 'failed'>} */
  fresh() {
    const changed = this.data.lines.filter((/** @type {any} */ each) => each.result !== each.was)
    return Object.fromEntries(changed.map((/** @type {any} */ each) => [each.no, each.result]))
  },

  /** Without leaving out what is not sent yet. */
  async keep() {
    const results = this.fresh()
    if (Object.keys(results).length) await api.post('/trainings/{code}/results', { code: this.query.code }, { results })
  },

  async onKeep() {
    if (!Object.keys(this.fresh()).length) return tell('没有改动。')
    await this.act('keep', async () => {
      await this.keep()
      await this.refresh()
      brief('成绩记下了')
    })
  },

  async onFinish() {
    const { certificate } = this.data
    if (!(await askYes(`现在结业？每个人都收到结果${certificate ? '，合格的发证书' : ''}。结业以后，成绩只能更正。`, { yes: '结业', no: '先不' }))) return
    await this.act('finish', async () => {
      await this.keep()
      const done = await api.post('/trainings/{code}/finish', { code: this.query.code })
      await this.refresh()
      await tell(`结业了，${done.people} 人${done.certificates ? `，发了 ${done.certificates} 张证书` : ''}。`)
    })
  },

  /** @param {any} event */
  onOpen(event) {
    const { no } = event.currentTarget.dataset
    this.setData({ open: this.data.open === no ? '' : no, reason: '' })
  },

  /** @param {any} event */
  onReason(event) {
    this.setData({ reason: event.detail.value })
  },

  /** @param {any} event */
  async onCorrect(event) {
    const { no, to } = event.currentTarget.dataset
    const reason = this.data.reason.trim()
    if (!reason) return tell('请写一句为什么更正，本人看得到。')
    await this.act('correct', async () => {
      await api.post('/trainings/{code}/results', { code: this.query.code }, { results: { [no]: to }, reason })
      this.setData({ open: '', reason: '' })
      await this.refresh()
      await tell('更正了。原来的成绩留着，本人会收到。')
    })
  },
}))
