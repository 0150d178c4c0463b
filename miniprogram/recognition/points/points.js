// 我的积分: the balance, and every entry with its reason and the day it ends.

const opening = require('../../lib/opening')
const paging = require('../../lib/paging')
const api = require('../../lib/request')
const { date } = require('../../lib/text')
const view = require('../../lib/view')

const KINDS = /** @type {Record<string, string>} */ ({
  service: '服务', reversal: '更正', redemption: '兑换', refund: '退回', expiry: '到期', honour: '荣誉',
})

/** @param {any} each an entry of GET /me/points */
const entry = (each) => ({
  id: each.id, amount: `${each.amount > 0 ? '+' : ''}${each.amount} 分`, day: date(each.local_day),
  title: each.title || KINDS[each.kind] || '其他', kind: ['reversal', 'honour'].includes(each.kind) ? KINDS[each.kind] : '',
  why: each.why && each.why !== each.title ? each.why : '', until: each.until ? `${date(each.until)}到期` : '',
})

Page(view({
  cache: 'points',
  data: { balance: 0, owed: 0, mall: false, list: [], more: 0, fetching: false, tail: '' },

  load() {
    return this.page(0)
  },

  /** @param {number} after */
  async page(after) {
    const { balance, mall, entries } = await api.get('/me/points', { limit: paging.SIZE, after: after || '' })
    const full = entries.length === paging.SIZE
    return {
      balance, mall, owed: balance < 0 ? -balance : 0, list: entries.map(entry), more: full ? entries[entries.length - 1].id : 0,
    }
  },

  onReachBottom() {
    return paging.further(this, (after) => this.page(after))
  },

  onMall() {
    opening.go('/recognition/mall/mall')
  },
}))
