// 一份公示: what somebody did for his star or honour, until when anybody may object; the objection, with the code to follow it.

const { keep } = require('../../lib/complaints')
const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { date, lastDay } = require('../../lib/text')
const view = require('../../lib/view')

Page(view({
  settled: true,
  data: { name: '', what: '', facts: [], merits: '', phone: '', runs: false, text: '', contact: '', made: null },

  async load() {
    const { kind } = this.query
    const code = this.query.code || ''
    const one = await (kind === 'honours' ? api.get('/public/notices/honours/{code}', { code }) : api.get('/public/notices/stars/{code}', { code }))
    const facts = [
      { name: '地区', value: one.place }, { name: '公示', value: `${date(one.first)}到 ${date(one.last)}` }, { name: '审核', value: one.centre },
      ...one.figures,
    ]
    return { name: one.name, what: one.what, facts: facts.filter(({ value }) => value), merits: one.merits, phone: one.phone, runs: one.runs }
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  onCall() {
    wx.makePhoneCall({ phoneNumber: this.data.phone, fail: () => {} })
  },

  async onAgainst() {
    const { kind } = this.query
    const code = this.query.code || ''
    const said = { text: this.data.text.trim(), contact: this.data.contact.trim() }
    await this.act('against', async () => {
      const made = await (kind === 'honours' ? api.post('/public/notices/honours/{code}', { code }, said) : api.post('/public/notices/stars/{code}', { code }, said))
      keep(made.token)
      this.setData({ made: { token: made.token, due: lastDay(made.due_at) }, text: '', contact: '' })
      wx.pageScrollTo({ scrollTop: 0 })
    })
  },

  onFollow() {
    opening.go(`/pages/complaint/complaint?token=${this.data.made.token}`)
  },
}))
