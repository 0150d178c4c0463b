// 投诉建议: open to everybody, without a name; a code by which it is followed stays on this phone.

const { keep, kept } = require('../../lib/complaints')
const api = require('../../lib/request')
const { lastDay, moment } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, string>} */ ({
  received: '正在办理', forwarded: '已转办', answered: '已答复', closed: '办结',
})
const FINDINGS = /** @type {Record<string, string>} */ ({ upheld: '属实', unfounded: '不属实', unclear: '查不清' })

Page(view({
  settled: true,
  drafts: ['kind', 'text'],
  data: {
    kinds: [], kind: '', text: '', contact: '', place: null, picking: false, made: null, tokens: [], token: '', one: null,
    more: '', unhappy: false,
  },

  async load() {
    const { kinds } = await api.get('/complaints/kinds')
    const { token } = this.query
    this.setData({ kinds })
    const one = token ? this.followed(await api.get('/complaints/{token}', { token }), token) : null
    return { kinds, one, tokens: kept() }
  },

  /** @param {any} event */
  onKind(event) {
    this.setData({ kind: event.currentTarget.dataset.kind })
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  onPick() {
    this.setData({ picking: !this.data.picking })
  },

  /** @param {any} event */
  onPlace(event) {
    this.setData({ place: event.detail, picking: false })
  },

  async onSubmit() {
    const { kind, text, contact, place } = this.data
    await this.act('submit', async () => {
      const made = await api.post('/complaints', {}, {
        kind: kind || 'other', text, contact, activity_code: this.query.activity || '', team_code: this.query.team || '',
        region_code: place ? place.code : '',
      })
      this.setData({ made: { ...made, due: lastDay(made.due_at) }, tokens: keep(made.token), kind: '', text: '', contact: '' })
      wx.pageScrollTo({ scrollTop: 0 })
    })
  },

  /** @param {any} event */
  async onLook(event) {
    const token = event.currentTarget.dataset.token || this.data.token.trim()
    if (!token) return
    await this.act('look', async () => {
      const one = await api.get('/complaints/{token}', { token })
      this.setData({ one: this.followed(one, token), more: '', unhappy: false })
    })
  },

  /** @param {any} one @param {string} token */
  followed(one, token) {
    const kind = this.data.kinds.find((/** @type {any} */ each) => each.code === one.kind)
    return {
      ...one, token, kind: kind ? kind.name : '', word: STATES[one.state] || '', at: moment(one.at),
      due: lastDay(one.due_at), finding: FINDINGS[one.finding] || '', going: one.state === 'received' || one.state === 'forwarded',
    }
  },

  async onAdd() {
    const { one, more } = this.data
    await this.act('more', async () => {
      const next = await api.post('/complaints/{token}/add', { token: one.token }, { text: more })
      this.setData({ one: this.followed(next, one.token), more: '' })
    })
  },

  async onContent() {
    const { one } = this.data
    await this.act('more', async () => {
      const next = await api.post('/complaints/{token}/content', { token: one.token })
      this.setData({ one: this.followed(next, one.token) })
    })
  },

  onUnhappy() {
    this.setData({ unhappy: !this.data.unhappy })
  },

  async onFurther() {
    const { one, more } = this.data
    await this.act('more', async () => {
      const next = await api.post('/complaints/{token}/further', { token: one.token }, { text: more })
      this.setData({ one: this.followed(next, one.token), more: '', unhappy: false })
    })
  },
}))
