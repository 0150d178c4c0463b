// 培训订单: what my teams ordered and what I may take; one of them (`code`) with what I may do; an order for my team.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { tell } = require('../../lib/saying')
const { date, moment } = require('../../lib/text')
const view = require('../../lib/view')

const LOOKS = /** @type {Record<string, string>} */ ({ done: 'ok', scheduled: 'ok', requested: 'wait', taken: 'wait' })
const ENDS = /** @type {Record<string, string>} */ ({ back: '退了单，等别家来接。', refuse: '已经答复队里。', withdraw: '订单撤回了。' })
const BLANK = { team: 0, course: 0, provider: 0, topic: '', people: '', from: '', until: '', time: '', place: '', note: '' }
const SESSION = { course: 0, base: 0, day: '', from: '09:00', to: '11:00', people: '', teacher: '', place: '' }
const NO_BASE = { code: '', name: '不在基地' }
const OTHER = { code: '', name: '别的，写在下面' }
const ANYBODY = { code: '', name: '谁先接单就谁来' }

/** @param {any} each */
const line = (each) => ({
  code: each.code, topic: each.topic, word: each.word, look: LOOKS[each.state] || '', who: `${each.team}，${each.people} 人`,
  days: `${date(each.wanted_from)} 到 ${date(each.wanted_until)}${each.wanted_time ? `，${each.wanted_time}` : ''}`,
})

/** @param {any} one */
const whole = (one) => ({
  ...line(one), activity: one.activity, takes: one.takes, mayBack: one.may_give_back, mayRefuse: one.may_refuse, mayResults: one.may_results,
  mayWithdraw: one.may_withdraw, maySchedule: one.may_schedule, people: one.people, from: one.wanted_from, where: one.where,
  courses: [...one.courses, { code: '', name: `就讲“${one.topic}”（不考试，不发证书）` }], bases: [NO_BASE, ...one.bases], waits: one.state === 'requested',
  facts: [
    ['谁要', `${one.team}（${one.place}）`], ['多少人', `${one.people} 人`], ['什么时候', line(one).days], ['在哪里', one.where],
    ['要求', one.note], ['谁来办', one.provider], ['答复', one.answer], ['下单', moment(one.created_at)],
  ].filter(([, value]) => value).map(([name, value]) => ({ name, value })),
})

Page(view({
  settled: true,
  data: {
    list: [], offers: [], one: null, ordering: false, form: BLANK, courses: [], providers: [], fromWord: '', untilWord: '', word: '',
    session: null, dayWord: '',
  },

  async load() {
    const { code } = this.query
    if (code) return { one: whole(await api.get('/trainings/orders/{code}', { code })) }
    const { orders, offers } = await api.get('/trainings/orders')
    return { one: null, list: orders.map(line), offers, ...this.filled(this.data.form, offers) }
  },

  /** The form, with what its team may choose. @param {any} form @param {any[]} offers */
  filled(form, offers) {
    const offer = offers[form.team] || { courses: [], providers: [] }
    return {
      form, courses: [...offer.courses, OTHER], providers: [ANYBODY, ...offer.providers],
      fromWord: form.from ? date(form.from) : '', untilWord: form.until ? date(form.until) : '',
    }
  },

  /** @param {any} event */
  onOpen(event) {
    opening.go(`/year/orders/orders?code=${event.currentTarget.dataset.code}`)
  },

  onResults() {
    opening.go(`/leader/results/results?code=${this.data.one.activity}`)
  },

  onOrdering() {
    this.setData({ ordering: !this.data.ordering })
  },

  /** @param {any} event */
  onField(event) {
    this.setData(this.filled({ ...this.data.form, [event.currentTarget.dataset.field]: event.detail.value }, this.data.offers))
  },

  /** @param {any} event */
  onPick(event) {
    const { field } = event.currentTarget.dataset
    const more = field === 'team' ? { course: 0, provider: 0 } : {}
    this.setData(this.filled({ ...this.data.form, ...more, [field]: Number(event.detail.value) }, this.data.offers))
  },

  async onOrder() {
    const { form, offers, courses, providers } = this.data
    const people = Number(form.people)
    if (!Number.isInteger(people) || people < 1) return tell('请填大约多少人，填数字。')
    if (!form.from || !form.until) return tell('请选最早哪天、最晚哪天。')
    const course = courses[form.course].code
    if (!course && !form.topic.trim()) return tell('请写想学什么。')
    await this.act('order', async () => {
      await api.post('/trainings/orders', {}, {
        team_code: offers[form.team].team_code, course, topic: course ? '' : form.topic.trim(), people,
        wanted_from: form.from, wanted_until: form.until, provider: providers[form.provider].code, wanted_time: form.time.trim(), place: form.place.trim(), note: form.note.trim(),
      })
      this.setData({ ordering: false, ...this.filled(BLANK, offers) })
      await this.refresh()
      await tell('订单送出去了。有人接单、排好时间，都会通知您。')
    })
  },

  /** @param {any} event */
  onWord(event) {
    this.setData({ word: event.detail.value })
  },

  /** @param {any} event */
  async onTake(event) {
    const { provider } = event.currentTarget.dataset
    const { code } = this.query
    await this.act('take', async () => {
      await api.post('/trainings/orders/{code}/take', { code }, { provider, answer: this.data.word.trim() })
      this.setData({ word: '' })
      await this.refresh()
      await tell('接下了。请尽快排时间。')
    })
  },

  /** @param {any} event back, refuse or withdraw */
  async onEnd(event) {
    const { step } = event.currentTarget.dataset
    const { code } = this.query
    await this.act('end', async () => {
      await api.post('/trainings/orders/{code}/{step}', { code, step }, { reason: this.data.word.trim() })
      this.setData({ word: '' })
      await this.refresh()
      await tell(ENDS[step])
    })
  },

  /** The form of a class, begun with what the team wishes. */
  onScheduling() {
    const { one, session } = this.data
    if (session) return this.setData({ session: null })
    const asked = one.courses.findIndex((/** @type {any} */ each) => each.name === one.topic) // else its own topic, the last
    const course = asked < 0 ? one.courses.length - 1 : asked
    this.plan({ ...SESSION, course, day: one.from, people: String(one.people), place: one.where })
  },

  /** @param {any} session */
  plan(session) {
    this.setData({ session, dayWord: session.day ? date(session.day) : '' })
  },

  /** @param {any} event */
  onPlan(event) {
    this.plan({ ...this.data.session, [event.currentTarget.dataset.field]: event.detail.value })
  },

  async onSchedule() {
    const { one, session } = this.data
    const people = Number(session.people)
    if (!Number.isInteger(people) || people < 1) return tell('请填名额，填数字。')
    const at = (/** @type {string} */ hour) => `${session.day}T${hour}:00+08:00`
    await this.act('schedule', async () => {
      await api.post('/trainings/orders/{code}/session', { code: one.code }, {
        course: one.courses[session.course].code, base: one.bases[session.base].code, starts_at: at(session.from), ends_at: at(session.to),
        people, teacher: session.teacher.trim(), place: session.place.trim(),
      })
      this.setData({ session: null })
      await this.refresh()
      await tell('排好了，已经通知队长。队员现在就能报名。')
    })
  },

  onClass() {
    opening.go(`/pages/activity/activity?code=${this.data.one.activity}`)
  },
}))
