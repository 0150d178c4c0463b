// 调度: the calls that want something of me, or one of them (`code`): what, where, when; a leader's answer for his team, my
// own yes or no, what a member told his leader on the telephone.
//
// Where somebody is, nobody asks: who is there scans the leader's code.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, brief, tell } = require('../../lib/saying')
const scanner = require('../../lib/scanner')
const { clock, span } = require('../../lib/text')
const view = require('../../lib/view')

const ENDED = /** @type {Record<string, string>} */ ({ stood_down: '任务解除了', cancelled: '调度取消了' })
const PERSON = /** @type {Record<string, { word: string, look: string }>} */ ({
  asked: { word: '没答复', look: 'wait' }, accepted: { word: '去', look: 'ok' }, declined: { word: '不去', look: '' },
})
/** Why somebody does not come, where he likes to say it. */
const REASONS = ['在外地', '身体不舒服', '家里有事', '要上班', '没有车去']
/** How soon somebody is there, as a tap says it. */
const QUICK = [{ minutes: 15, word: '15分钟' }, { minutes: 30, word: '半小时' }, { minutes: 60, word: '1小时' }, { minutes: 120, word: '2小时' }]
/** How soon a team can be there. */
const SOON = [{ minutes: 30, word: '半小时' }, { minutes: 60, word: '1小时' }, { minutes: 120, word: '2小时' }, { minutes: 0, word: '说不准' }]
const BLANK = { people: '', boats: '', vehicles: '', minutes: 0, note: '', me: false }

/** @param {any} each */
const waits = (each) => each.state === 'asked' || each.state === 'silent'

/** @param {any} one a call in the list */
const line = (one) => ({
  code: one.code, title: `${one.drill ? '【演练】' : ''}${one.title}`, when: span(one.starts_at, one.ends_at), place: one.place,
  word: one.led.some(waits) ? '等您替队里答复' : /** @type {Record<string, string>} */ ({
    asked: one.full ? '人已经够了' : '去不去，请回答', accepted: '您去', declined: '您不去',
  })[one.my_state] || '看看',
  urgent: one.led.some(waits) || (one.my_state === 'asked' && !one.full),
})

/** @param {any} one */
const call = (one) => ({
  code: one.code, title: one.title, drill: one.drill, open: one.open, full: one.full, risks: one.risks,
  safeguards: one.safeguards, phone: (/1\d{10}|0\d{2,3}-?\d{7,8}/.exec(one.contact) || [''])[0], my: one.my_state, activity: one.my_activity,
  asks: one.open && one.soon, there: one.my_there_at ? clock(one.my_there_at) : '', reason: one.my_reason,
  ended: one.open ? '' : `${ENDED[one.state] || '这次调度结束了'}${one.closed_why ? `：${one.closed_why}` : ''}。还没有出发的，请不要去。`,
  facts: [
    ['什么时候', span(one.starts_at, one.ends_at)], ['集合地点', one.place], ['做什么', one.content],
    ['人数', wanted(one)],
  ].map(([name, value]) => ({ name, value })),
  more: [['指挥', one.command], ['联系人', one.contact]].filter(([, value]) => value).map(([name, value]) => ({ name, value })),
  led: one.led.map(team),
})

/** @param {string} title @param {string[]} words @returns {Promise<number>} which one; -1 where it was closed */
const choose = (title, words) =>
  new Promise((done) => {
    wx.showActionSheet({ alertText: title, itemList: words, success: ({ tapIndex }) => done(tapIndex), fail: () => done(-1) })
  })

/** @returns {Promise<string>} a reason in somebody's own words; "" where he says none */
const ownWords = () =>
  new Promise((done) => {
    wx.showModal({
      title: '为什么去不了', editable: true, placeholderText: '写一句', confirmText: '好了', cancelText: '不说了',
      success: ({ confirm, content }) => done(confirm ? (content || '').trim().slice(0, 100) : ''), fail: () => done(''),
    })
  })

/** @param {any} one */
const wanted = (one) => {
  const things = `${one.boats ? `、${one.boats} 条船` : ''}${one.vehicles ? `、${one.vehicles} 辆车` : ''}`
  return `要 ${one.wanted} 人${things}${one.open ? `，${one.lacking ? `还差 ${one.lacking}` : '已经够了'}` : ''}`
}

/** @param {any} each a team of mine */
const team = (each) => ({
  code: each.team_code, name: each.team, people: each.people, boats: each.boats, vehicles: each.vehicles, note: each.note, waits: waits(each), activity: each.activity_code, accepted: each.accepted,
  word: each.state === 'declined' ? '来不了'
    : each.state === 'coming' ? `来 ${each.people} 人${each.there_at ? `，${clock(each.there_at)} 到` : ''}` : '',
  members: each.members.map((/** @type {any} */ one) => ({
    no: one.public_no, name: one.own ? `${one.name}（您自己）` : one.name, asked: one.state === 'asked' && !one.own, by: one.recorded_by,
    said: one.there_at ? `大约 ${clock(one.there_at)} 到` : one.reason, ...(PERSON[one.state] || PERSON.asked),
  })),
})

Page(view({
  cache: (/** @type {Record<string, string>} */ query) => `dispatch-${query.code || ''}`,
  data: { list: [], one: null, soon: SOON, answering: '', form: BLANK, risk: false, quick: QUICK, reasons: REASONS },

  async load() {
    const { code } = this.query
    if (code) return { list: [], one: call(await api.get('/dispatch/{code}', { code })) }
    const { calls } = await api.get('/dispatch')
    return calls.length === 1 ? { list: [], one: call(calls[0]) } : { list: calls.map(line), one: null }
  },

  /** @param {any} event */
  onOpen(event) {
    opening.go(`/year/dispatch/dispatch?code=${event.currentTarget.dataset.code}`)
  },

  /** The form of one of my teams, with what was answered before. @param {any} event */
  onAnswering(event) {
    const answering = event.currentTarget.dataset.team
    const { people, boats, vehicles, note } = this.data.one.led.find((/** @type {any} */ each) => each.code === answering)
    this.setData({ answering, form: { ...BLANK, people: people || '', boats: boats || '', vehicles: vehicles || '', note } })
  },

  /** @param {any} event */
  onField(event) {
    this.setData({ [`form.${event.currentTarget.dataset.field}`]: event.detail.value })
  },

  /** @param {any} event */
  onSoon(event) {
    this.setData({ 'form.minutes': event.currentTarget.dataset.minutes })
  },

  onMe() {
    this.setData({ 'form.me': !this.data.form.me })
  },

  onRisk() {
    this.setData({ risk: !this.data.risk })
  },

  async onComing() {
    const { form } = this.data
    const people = Number(form.people)
    if (!Number.isInteger(people) || people < 1) return tell('请填来多少人，填数字。')
    await this.answer({
      people, boats: Number(form.boats) || 0, vehicles: Number(form.vehicles) || 0, minutes: form.minutes || null, note: form.note.trim(),
    }, form.me)
  },

  async onNotComing() {
    if (!(await askYes('替队里答复“来不了”？', { yes: '来不了', no: '再想想' }))) return
    await this.answer({ people: 0, note: this.data.form.note.trim() }, false)
  },

  /** @param {Record<string, any>} said @param {boolean} me whether the leader goes himself, too */
  async answer(said, me) {
    const { code } = this.data.one
    await this.act('answer', async () => {
      await api.post('/dispatch/{code}/answer', { code }, { ...said, team_code: this.data.answering })
      const now = await api.get('/dispatch/{code}', { code })
      if (me && now.my_state) await api.post('/dispatch/{code}/accept', { code }, { risk_accepted: true, minutes: said.minutes || null })
      this.setData({ answering: '' })
      await this.refresh()
      if (me && !now.my_state) await tell('队里的答复记下了。您本人没有报上名：您现在不在能去的名单里。要去，请给联系人打电话。')
      else brief('答复记下了')
    })
  },

  async onGo() {
    const { code } = this.data.one
    if (!this.data.risk) return tell('请先看安全提示，再点一下“安全提示我看过了”。')
    await this.act('go', async () => {
      await api.post('/dispatch/{code}/accept', { code }, { risk_accepted: true })
      await this.refresh()
      await tell(`记下了，您去。路上注意安全。${this.data.one.asks ? '请再点一下多久能到。' : ''}`)
    })
  },

  /** After the yes, and again when it takes longer: the newest counts. @param {any} event */
  async onQuick(event) {
    const { code } = this.data.one
    await this.act('quick', async () => {
      await api.post('/dispatch/{code}/accept', { code }, { risk_accepted: true, minutes: event.currentTarget.dataset.minutes })
      await this.refresh()
      brief('记下了，队长看得到')
    })
  },

  async onNot() {
    const { code, my } = this.data.one
    if (my === 'accepted' && !(await askYes('您答应过要去。真的去不了了？', { yes: '去不了', no: '我去' }))) return
    await this.act('not', async () => {
      await api.post('/dispatch/{code}/decline', { code }, {})
      await this.refresh()
      brief('记下了，这次您不去')
    })
  },

  /** The no has been said; this only explains it. @param {any} event */
  async onWhy(event) {
    const { code } = this.data.one
    const reason = event.currentTarget.dataset.word || (await ownWords())
    if (!reason) return
    await this.act('why', async () => {
      await api.post('/dispatch/{code}/decline', { code }, { reason })
      await this.refresh()
      brief('原因记下了')
    })
  },

  /** 到了: the code that the leader shows proves it. */
  onThere: scanner.scan,

  onTask() {
    opening.go(`/pages/activity/activity?code=${this.data.one.activity}`)
  },

  /** Each look at a number is kept by the server. @param {any} event */
  async onRing(event) {
    const { no } = event.currentTarget.dataset
    const { code } = this.data.one
    await this.act('ring', async () => {
      const { phone } = await api.post('/dispatch/{code}/people/{public_no}/ring', { code, public_no: no })
      wx.makePhoneCall({ phoneNumber: phone, fail: () => {} })
    })
  },

  onContact() {
    wx.makePhoneCall({ phoneNumber: this.data.one.phone, fail: () => {} })
  },

  /** What a member said on the telephone. @param {any} event */
  async onSaid(event) {
    const { no, name, goes } = event.currentTarget.dataset
    const { code } = this.data.one
    const said = goes ? await this.saidYes(name) : await this.saidNo(name)
    if (!said) return
    const done = await this.act('said', () => api.post('/dispatch/{code}/people/{public_no}', { code, public_no: no }, said))
    if (done) await this.refresh()
  },

  /** @param {string} name */
  async saidYes(name) {
    const { risks, asks } = this.data.one
    if (!(await askYes(`安全提示念给${name}听了吗？\n${risks}`, { yes: '念过了', no: '返回' }))) return null
    const which = asks ? await choose(`${name}多久能到？`, [...QUICK.map((each) => each.word), '没有说']) : -1
    return { accepts: true, risk_read: true, minutes: QUICK[which] ? QUICK[which].minutes : null, reason: '' }
  },

  /** @param {string} name */
  async saidNo(name) {
    const which = await choose(`${name}说不去，为什么？`, [...REASONS, '没有说'])
    return which < 0 ? null : { accepts: false, risk_read: false, minutes: null, reason: REASONS[which] || '' }
  },
}))
