// 我的礼遇: those I may have first, then what the others take.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { date } = require('../../lib/text')
const view = require('../../lib/view')
const { KINDS, PER } = require('../words')

/** @param {any} each of GET /me/benefits */
const benefit = (each) => ({
  code: each.code, kind: KINDS[each.kind] || KINDS.other, name: each.name, provider: each.provider, lacks: each.lacks.join('、'),
  word: each.given === null ? '可以用' : '已为您办好', uses: each.uses ? `${PER[each.per]} ${each.uses} 次` : '',
  until: each.to_on ? `到 ${date(each.to_on)}` : '',
})

Page(view({
  cache: 'benefits',
  data: { mine: [], others: [], few: true },

  async load() {
    const { benefits } = await api.get('/me/benefits')
    const all = benefits.map(benefit)
    return {
      mine: all.filter((/** @type {any} */ each) => !each.lacks), others: all.filter((/** @type {any} */ each) => each.lacks),
    }
  },

  /** @param {any} event */
  onOpen(event) {
    opening.go(`/recognition/benefit/benefit?code=${event.currentTarget.dataset.code}`)
  },

  onAll() {
    this.setData({ few: false })
  },

  onStars() {
    opening.go('/recognition/stars/stars')
  },
}))
