// 我这一年: the figures of a year, and the picture of them that may be passed on; no code on it, it proves nothing.

const opening = require('../../lib/opening')
const papers = require('../../lib/papers')
const api = require('../../lib/request')
const { duration } = require('../../lib/text')
const view = require('../../lib/view')

Page(view({
  cache: (/** @type {Record<string, string>} */ query) => `year-${query.year || ''}`,
  data: { year: '', facts: [], empty: false, years: [], picture: '' },

  async load() {
    const { years } = await api.get('/me/years')
    const year = this.query.year || years[0]
    const one = await api.get('/me/years/{year}', { year })
    const facts = [
      { name: '服务时长', value: duration(one.minutes) }, { name: '参加活动', value: `${one.activities} 次` },
      { name: '这些活动服务群众', value: one.served ? `${one.served} 人` : '' }, { name: '星级', value: one.star ? `${one.star} 颗星` : '' },
      { name: '荣誉', value: one.honours.join('、') },
    ]
    return {
      year, empty: one.empty, years: years.filter((each) => each !== year).slice(0, 5), facts: facts.filter(({ value }) => value),
    }
  },

  async onPicture() {
    await this.act('picture', async () => this.setIfHere({ picture: await papers.picture('/me/years/{year}/card.png', { year: this.data.year }) }))
  },

  /** Pressing the picture there saves it or passes it on. */
  onLook() {
    wx.previewImage({ urls: [this.data.picture], fail: () => {} })
  },

  /** @param {any} event */
  onYear(event) {
    opening.instead(`/recognition/year/year?year=${event.currentTarget.dataset.year}`)
  },
}))
