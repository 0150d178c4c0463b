// 评队友: one after another; what is written of somebody stays on this phone until it has been sent.

const api = require('../../lib/request')
const draft = require('../../lib/draft')
const { brief, tell } = require('../../lib/saying')
const { date, duration } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {any} each */
const task = (each) => ({
  id: each.id, name: each.name, team: each.team, open: each.open, score: each.score, words: each.words, passed: each.passed,
  until: date(each.until), served: `今年服务 ${duration(each.minutes)}${each.activities ? `，来了 ${each.activities} 次` : ''}。`,
  waits: each.open && each.score === null && !each.passed,
  said: each.score !== null ? `${each.score}分` : each.passed ? '不熟悉' : '没评',
})

Page(view({
  settled: true,
  data: { tasks: [], steps: [], one: null, left: 0, score: -1, words: '', wanted: 0 },

  async load() {
    const { tasks, steps } = await api.get('/me/assessment-tasks')
    const all = tasks.map(task)
    const waiting = all.filter((/** @type {any} */ each) => each.waits)
    const one = all.find((/** @type {any} */ each) => each.id === this.data.wanted) || waiting[0] || null
    return { tasks: all, steps, left: waiting.length, ...this.opened(one) }
  },

  /** Somebody with what I said of him, or began to say. @param {any} one */
  opened(one) {
    if (!one) return { one, score: -1, words: '' }
    return { one, ...(draft.recall(`peer-${one.id}`) || { score: one.score === null ? -1 : one.score, words: one.words }) }
  },

  keep() {
    const { one, score, words } = this.data
    draft.keep(`peer-${one.id}`, { score, words })
  },

  /** @param {any} event */
  onOpen(event) {
    const wanted = event.currentTarget.dataset.id
    this.setData({ wanted, ...this.opened(this.data.tasks.find((/** @type {any} */ each) => each.id === wanted)) })
    wx.pageScrollTo({ scrollTop: 0 })
  },

  /** @param {any} event */
  onScore(event) {
    this.setData({ score: event.detail.score })
    this.keep()
  },

  /** @param {any} event */
  onWords(event) {
    this.setData({ words: event.detail.value })
    this.keep()
  },

  async onSend() {
    const { one, score, words } = this.data
    if (score < 0) return tell('请点一个，或者写一个 0 到 100 的分数。')
    await this.act('send', async () => {
      await api.put('/me/assessment-tasks/{number}', { number: one.id }, { score, words: words.trim() })
      await this.next('记下了')
    })
  },

  async onUnknown() {
    const { one } = this.data
    await this.act('send', async () => {
      await api.post('/me/assessment-tasks/{number}/pass', { number: one.id })
      await this.next('好，不评这位')
    })
  },

  /** @param {string} said */
  async next(said) {
    draft.drop(`peer-${this.data.one.id}`)
    this.setData({ wanted: 0 })
    await this.refresh()
    brief(this.data.left ? `${said}，还有 ${this.data.left} 位` : said)
    wx.pageScrollTo({ scrollTop: 0 })
  },
}))
