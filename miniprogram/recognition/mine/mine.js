// 我的荣誉和时长: everything my service brought me, one line each, and the ways to it.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { duration } = require('../../lib/text')
const view = require('../../lib/view')
const { numeral } = require('../words')

const OPEN = ['requested', 'announced']

/** @param {any} star GET /me/recognition, `star` */
const starWord = (star) => {
  if (star.ways.some((/** @type {any} */ each) => each.state === 'review' || each.state === 'announced')) return '正在评'
  if (star.can_ask) return `可以申请${numeral(star.can_ask)}星`
  return star.star ? `${numeral(star.star)}星志愿者` : '还没有'
}

/** @param {any[]} certificates */
const paperWord = (certificates) => {
  const asked = certificates.filter((each) => OPEN.includes(each.state)).length
  const valid = certificates.filter((each) => each.state === 'valid').length
  if (asked) return `${asked} 张正在办`
  return valid ? `${valid} 张` : '看一看'
}

Page(view({
  cache: 'recognition',
  data: { total: '', pending: '', rows: [] },

  async load() {
    const all = await api.get('/me/recognition')
    const rows = [
      { name: '星级', value: starWord(all.star), page: '/recognition/stars/stars' },
      { name: '荣誉', value: all.honours.length ? `${all.honours.length} 项` : '还没有', page: '/recognition/honours/honours' },
      { name: '积分', value: `${all.points.balance} 分`, page: '/recognition/points/points' },
      { name: '服务证明', value: paperWord(all.certificates), page: '/recognition/certificates/certificates' },
      { name: '礼遇', value: all.benefits.length ? `${all.benefits.length} 项可以用` : '看一看', page: '/recognition/benefits/benefits' },
    ]
    rows.push({ name: '我这一年', value: '看一看', page: '/recognition/year/year' })
    if (all.mall) rows.push({ name: '积分兑换', value: '看能换什么', page: '/recognition/mall/mall' })
    return { rows, total: duration(all.hours.total), pending: all.hours.pending ? duration(all.hours.pending) : '' }
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },
}))
