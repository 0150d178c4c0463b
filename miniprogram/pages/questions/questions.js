// 找联络员: whom to turn to, asking, and what was answered (`code`: one question with all that was written).

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { brief, tell } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  open: { word: '等答复', look: 'wait' }, answered: { word: '已答复', look: 'ok' }, closed: { word: '办结', look: '' },
})

/** @param {any} each */
const line = (each) => ({ code: each.code, text: each.text, at: moment(each.at), state: each.state, ...(STATES[each.state] || STATES.open) })

Page(view({
  drafts: ['text'],
  cache: (/** @type {Record<string, string>} */ query) => `questions-${query.code || ''}`,
  data: { list: [], one: null, said: [], text: '', liaison: null, asked: false },

  async load() {
    const { code } = this.query
    if (!code) {
      const { questions } = await api.get('/me/questions')
      return { list: questions.map(line) }
    }
    const whole = await api.get('/me/questions/{code}', { code })
    const said = whole.said.map((/** @type {any} */ each, /** @type {number} */ key) => ({ key, text: each.text, who: each.who || '我', at: moment(each.at) }))
    return { one: line(whole.line), said }
  },

  /** Each look is kept by the server, so it waits for the tap. */
  async onLiaison() {
    await this.act('liaison', async () => {
      const { liaison } = await api.post('/me/liaison')
      this.setData({ liaison, asked: true })
    })
  },

  onCall() {
    wx.makePhoneCall({ phoneNumber: this.data.liaison.phone, fail: () => {} })
  },

  /** @param {any} event */
  onText(event) {
    this.setData({ text: event.detail.value })
  },

  async onAsk() {
    const { code } = this.query
    await this.act('ask', async () => {
      const body = { text: this.data.text }
      if (code) await api.post('/me/questions/{code}/lines', { code }, body)
      else await api.post('/me/questions', {}, body)
      this.setData({ text: '' })
      await this.refresh()
      await tell('已经交给联络员。有答复会发消息告诉您。')
    })
  },

  async onSettled() {
    const { code } = this.query
    await this.act('settled', async () => {
      await api.post('/me/questions/{code}/settled', { code })
      await this.refresh()
      brief('好的，办结了')
    })
  },

  /** @param {any} event */
  onOne(event) {
    opening.go(`/pages/questions/questions?code=${event.currentTarget.dataset.code}`)
  },
}))
