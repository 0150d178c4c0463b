// 一项礼遇: what it is, what it takes, and the way to the code that its provider scans (`code`).

const opening = require('../../lib/opening')
const { Problem } = require('../../lib/problem')
const api = require('../../lib/request')
const { date } = require('../../lib/text')
const view = require('../../lib/view')
const { KINDS, PER } = require('../words')

/** @param {any} one */
const facts = (one) => [
  ['是什么', KINDS[one.kind] || KINDS.other], ['谁提供', one.provider], ['条件', one.conditions.join('、')],
  ['次数', one.uses ? `${PER[one.per]} ${one.uses} 次` : ''], ['有效期', one.to_on ? `到 ${date(one.to_on)}` : '长期'],
].filter(([, value]) => value).map(([name, value]) => ({ name, value }))

Page(view({
  cache: (query) => `benefit-${query.code}`,
  data: { name: '', content: '', phone: '', facts: [], lacks: '', given: '', insurance: false },

  async load() {
    const { benefits } = await api.get('/me/benefits')
    const one = benefits.find((/** @type {any} */ each) => each.code === this.query.code)
    if (!one) throw new Problem('refused', { message: '这项礼遇现在没有了。别的礼遇请到“我的礼遇”里看。' })
    return {
      name: one.name, content: one.content, phone: one.phone, facts: facts(one), lacks: one.lacks.join('、'), insurance: one.kind === 'insurance',
      given: one.given === null ? '' : `已为您办好${one.given ? `，到 ${date(one.given)}` : ''}。`,
    }
  },

  onShowCard() {
    opening.go(`/recognition/card/card?code=${this.query.code}`)
  },

  onCall() {
    wx.makePhoneCall({ phoneNumber: this.data.phone, fail: () => {} })
  },
}))
