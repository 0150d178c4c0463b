// 评价这次活动 (`code`): one to five, and a few words; to be changed for some days.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { tell } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

const SCORES = [
  { score: 5, words: '★★★★★ 很好' }, { score: 4, words: '★★★★ 好' }, { score: 3, words: '★★★ 一般' },
  { score: 2, words: '★★ 不太好' }, { score: 1, words: '★ 不好' },
]

Page(view({
  settled: true,
  drafts: ['score', 'words'],
  data: { scores: SCORES, title: '', score: 0, words: '', until: '', over: false },

  async load() {
    const { title, mine } = await api.get('/activities/{code}/evaluation', { code: this.query.code })
    if (!mine) return { title }
    const over = !mine.until
    const { score, words } = this.data.score && !over ? this.data : mine // what is being written stays
    return { title, score, words, until: mine.until ? moment(mine.until) : '', over }
  },

  /** @param {any} event */
  onScore(event) {
    this.setData({ score: event.currentTarget.dataset.score })
  },

  /** @param {any} event */
  onWords(event) {
    this.setData({ words: event.detail.value })
  },

  async onSubmit() {
    const { score, words } = this.data
    if (!score) return tell('请先点一下几颗星。')
    await this.act('judge', async () => {
      await api.put('/activities/{code}/evaluation', { code: this.query.code }, { score, words: words.trim() })
      this.sent()
      await tell('记下了，谢谢您。')
      wx.navigateBack({ fail: () => opening.instead('/pages/home/home') })
    })
  },
}))
