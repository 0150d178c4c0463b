// 我的兑换: all of mine, or one with the code and digits that the station asks for (`code`); giving one up.

const bright = require('../../lib/bright')
const opening = require('../../lib/opening')
const { Problem } = require('../../lib/problem')
const api = require('../../lib/request')
const { askYes, tell } = require('../../lib/saying')
const { date, moment } = require('../../lib/text')
const view = require('../../lib/view')
const { LOOKS } = require('../words')

/** @param {any} each of GET /me/redemptions */
const redemption = (each) => ({
  code: each.code, title: each.title, price: `${each.price} 分`, when: moment(each.created_at), word: each.word, look: LOOKS[each.state] || '',
  waits: each.state === 'waiting', digits: each.digits, url: each.pick_url, place: each.place,
  due: each.due_on ? date(each.due_on) : '', handed: each.handed_at ? moment(each.handed_at) : '', why: each.why, paper: each.paper,
})

Page(view({
  cache: (query) => `redemptions${query.code || ''}`,
  data: { one: null, list: [], shown: 20 },

  async load() {
    const { redemptions } = await api.get('/me/redemptions')
    const list = redemptions.map(redemption)
    if (!this.query.code) return { list, one: null }
    const one = list.find((/** @type {any} */ each) => each.code === this.query.code)
    if (!one) throw new Problem('refused', { message: '这一件没有找到。您换过的，都在“我的兑换”里。' })
    return { list: [], one }
  },

  onShow() {
    if (this.query.code) bright.on()
  },

  onHide() {
    bright.off()
  },

  onUnload() {
    bright.off()
  },

  /** @param {any} event */
  onOpen(event) {
    opening.go(`/recognition/redemptions/redemptions?code=${event.currentTarget.dataset.code}`)
  },

  onReachBottom() {
    if (this.data.shown < this.data.list.length) this.setData({ shown: this.data.shown + 20 })
  },

  async onCancel() {
    const { code } = this.data.one
    if (!(await askYes('不要这一件了？积分会退回。', { yes: '不要了', no: '还要' }))) return
    const done = await this.act('cancel', () => api.post('/me/redemptions/{code}/cancel', { code }))
    if (!done) return
    await this.refresh()
    await tell('取消了，积分已经退回。')
  },
}))
