// 年度自评: my own word on my year (`code`), beside what the books say; kept on the phone until it is handed in.

const api = require('../../lib/request')
const assessed = require('../lib/assessed')
const draft = require('../../lib/draft')
const opening = require('../../lib/opening')
const { tell } = require('../../lib/saying')
const view = require('../../lib/view')

Page(view({
  settled: true,
  data: { card: null, steps: [], score: -1, text: '' },

  async load() {
    const { code } = this.query
    const { assessments, steps } = await api.get('/me/assessments')
    const one = assessments.find((/** @type {any} */ each) => each.code === code) || await api.get('/me/assessments/{code}', { code })
    const card = assessed.card(one)
    const written = draft.recall(`self-${code}`)
    const score = card.selfScore === null ? -1 : card.selfScore
    return { card, steps, ...(written || { score, text: card.selfText }) }
  },

  keep() {
    draft.keep(`self-${this.query.code}`, { score: this.data.score, text: this.data.text })
  },

  /** @param {any} event */
  onScore(event) {
    this.setData({ score: event.detail.score })
    this.keep()
  },

  /** @param {any} event */
  onText(event) {
    this.setData({ text: event.detail.value })
    this.keep()
  },

  async onSubmit() {
    const { code } = this.query
    const { score, text } = this.data
    if (score < 0) return tell('请点一个，或者写一个 0 到 100 的分数。')
    await this.act('submit', async () => {
      await api.put('/me/assessments/{code}/self', { code }, { score, text: text.trim() })
      draft.drop(`self-${code}`)
      await tell('交上去了，谢谢您。截止以前还可以改。')
      wx.navigateBack({ fail: () => opening.instead(`/year/assessment/assessment?code=${code}`) })
    })
  },
}))
