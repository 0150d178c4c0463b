// One activity: all that must be published of it, my place in it, signing up, queueing, claiming a place, taking it back.
//
// Opened from the list, a message or a code; for strangers what is public of it and 去登记.

const api = require('../../lib/request')
const asking = require('../../lib/asking')
const { brief } = require('../../lib/brief')
const opening = require('../../lib/opening')
const queue = require('../../lib/queue')
const { askYes, brief: toast, tell } = require('../../lib/saying')
const session = require('../../lib/session')
const shown = require('../../lib/shown')
const view = require('../../lib/view')

const LIVE = ['confirmed', 'offered', 'waitlisted', 'pending']
const DONE = /** @type {Record<string, string>} */ ({
  confirmed: '报名成功，您已录用。到时间会提醒您。',
  waitlisted: '已经排上队。有名额会马上通知您，请留意消息。',
  pending: '已经交给队长审核，有结果会通知您。',
})

Page(view({
  cache: (/** @type {Record<string, string>} */ query) => `activity-${query.code}`,
  data: {
    guest: false, title: '', facts: [], risk: '', rule: [], closed: '', cancelled: false, over: false, // the activity
    live: [], others: [], free: [], full: [], hindered: null, attended: null, // its shifts, as I stand to them
    agreement: null, moved: [], similar: [],
    chosen: '', riskRead: false, agreed: false, leaving: '', why: '', askWhy: false, ruleShown: false, // what is tapped
  },

  async load() {
    const { code } = this.query
    if (!(await session.registered())) return this.stranger(await api.get('/public/activities/{code}', { code }))
    const one = await api.get('/activities/{code}', { code })
    const shifts = one.shifts.map((/** @type {any} */ each) => shown.shift(each, one))
    const live = shifts.filter((/** @type {any} */ each) => LIVE.includes(each.mine))
    const free = shifts.filter((/** @type {any} */ each) => each.can === 'signup' || each.can === 'ask')
    const full = shifts.filter((/** @type {any} */ each) => each.can === 'queue')
    const open = [...free, ...full]
    if (one.risk_notice !== this.data.risk) this.setIfHere({ riskRead: false }) // another text than the one that was read
    return {
      guest: false, title: one.title, facts: shown.facts(one), risk: one.risk_notice, rule: one.hours_rule,
      closed: shown.closed(one), cancelled: one.state === 'cancelled',
      over: Date.parse(one.ends_at) <= Date.now() && (one.state === 'published' || one.state === 'ended'),
      live, free, full, others: shifts, chosen: this.stillOpen(open),
      hindered: live.length + open.length ? null : shown.hindered(shifts), attended: shown.attended(one.my_record),
      ...(await this.more(one, live, free, full)),
    }
  },

  /**
   * The agreement where there is one, what moved for who stands on the list, what else is open where it is full.
   * @param {any} one @param {any[]} live @param {any[]} free @param {any[]} full
   */
  async more(one, live, free, full) {
    const { code } = one
    const waits = live.some((each) => each.mine === 'waitlisted') || (full.length > 0 && !free.length)
    const asked = one.agreement && live.length + free.length + full.length > 0
    const [agreement, moves, similar] = await Promise.all([
      asked ? api.get('/activities/{code}/agreement', { code }) : null,
      live.length && one.version > 1 ? api.get('/activities/{code}/moves', { code }) : { moves: [] },
      waits ? api.get('/activities/{code}/similar', { code }) : { activities: [] },
    ])
    return {
      agreement: agreement && !agreement.accepted ? agreement : null,
      moved: one.state === 'published' ? shown.moved(moves.moves) : [], similar: similar.activities.map(brief),
    }
  },

  /** The shift that was tapped stays the one that is signed up for. @param {any[]} open */
  stillOpen(open) {
    const mine = open.find((each) => each.code === this.data.chosen) || open[0]
    return mine ? mine.code : ''
  },

  /** @param {any} one */
  stranger(one) {
    return {
      guest: true, title: one.title, facts: shown.facts(one), risk: one.risk_notice,
      closed: one.over ? '活动已经结束。' : '', live: [], free: [], full: [], others: [],
    }
  },

  /** The tap before 报名: time to fetch what the dialog of the subscription asks for. */
  onRisk() {
    if (!this.data.riskRead) asking.prepare('signup')
    this.setData({ riskRead: !this.data.riskRead })
  },

  onAgree() {
    this.setData({ agreed: !this.data.agreed })
  },

  /** @param {any} event */
  onChoose(event) {
    this.setData({ chosen: event.currentTarget.dataset.shift })
  },

  /** Down to the form; the safety notice stands right above it. */
  onJump() {
    wx.pageScrollTo({ selector: '#signup', duration: 300 })
  },

  onRule() {
    this.setData({ ruleShown: !this.data.ruleShown })
  },

  /** 报名 or 排队候补: the dialog of the subscription first, since it opens only straight from a tap. */
  async onSignUp() {
    const { chosen, full } = this.data
    const missed = this.missed()
    if (missed) return tell(missed)
    const asked = asking.ask('signup')
    const queueing = full.some((/** @type {any} */ each) => each.code === chosen)
    await this.act('signup', async () => {
      await asked
      const yes = { risk_accepted: true, agreement_accepted: this.data.agreed }
      const made = await this.withLoad((/** @type {any} */ more) =>
        api.post('/signups', {}, { shift_code: chosen, queue: queueing, ...yes, ...more }))
      if (made) await this.done(DONE[made.state] || DONE.confirmed)
    })
  },

  /** @param {any} event */
  async onClaim(event) {
    const { shift } = event.currentTarget.dataset
    const missed = this.missed()
    if (missed) return tell(missed)
    const asked = asking.ask('signup')
    await this.act('claim', async () => {
      await asked
      const yes = { risk_accepted: true, agreement_accepted: this.data.agreed }
      const made = await this.withLoad((/** @type {any} */ more) =>
        api.post('/signups/{shift_code}/claim', { shift_code: shift }, { ...yes, ...more }))
      if (made) await this.done(DONE.confirmed)
    })
  },

  /** The boxes stand above the button; who missed one is told which. */
  missed() {
    const { riskRead, agreement, agreed } = this.data
    if (!riskRead) return '请先看“安全提示”，再点一下“我已知晓安全提示，自愿参加”。'
    return agreement && !agreed ? '请先看协议，再点一下“我看过协议，同意”。' : ''
  },

  /**
   * A long day is warned of; whoever wants to come all the same says so once more.
   * @param {(more: Record<string, boolean>) => Promise<any>} write
   * @returns {Promise<any>}
   */
  async withLoad(write) {
    try {
      return await write({})
    } catch (error) {
      if (/** @type {any} */ (error).code !== 'load_warning') throw error
      const goOn = await askYes(/** @type {any} */ (error).message, { yes: '还是参加', no: '先不报' })
      return goOn ? write({ load_accepted: true }) : null
    }
  },

  /** How one stands now is said at the top. @param {string} words */
  async done(words) {
    await this.refresh()
    wx.pageScrollTo({ scrollTop: 0, duration: 0 })
    await tell(words)
  },

  /** 我会来 may go out later. @param {any} event */
  async onComing(event) {
    const { shift } = event.currentTarget.dataset
    const what = `“${this.data.title}”我会来`
    await this.act('coming', async () => {
      const params = { shift_code: shift }
      const { sent } = await queue.now({ method: 'POST', path: '/signups/{shift_code}/coming', params, body: null, what })
      if (sent) await this.refresh()
      toast(sent ? '好，队长看得到您会来' : '现在没有网络，网通了自动送出')
    })
  },

  async onMoved() {
    await this.act('moved', () => api.post('/activities/{code}/moves/read', { code: this.query.code }))
    await this.refresh()
  },

  /** @param {any} event */
  async onRiskChanged(event) {
    const { shift } = event.currentTarget.dataset
    const done = await this.act('risk', () => api.post('/signups/{shift_code}/risk', { shift_code: shift }))
    if (done) await this.refresh()
  },

  /** @param {any} event */
  onLeave(event) {
    const { shift } = event.currentTarget.dataset
    this.setData({ leaving: this.data.leaving === shift ? '' : shift, why: '', askWhy: false })
  },

  /** @param {any} event */
  onWhy(event) {
    this.setData({ why: event.detail.value })
  },

  async onCancel() {
    const { leaving, why } = this.data
    await this.act('cancel', async () => {
      try {
        await api.post('/signups/{shift_code}/cancel', { shift_code: leaving }, { reason: why.trim() })
      } catch (error) {
        if (/** @type {any} */ (error).code !== 'reason_required') throw error
        this.setData({ askWhy: true })
        return tell(/** @type {any} */ (error).message)
      }
      this.setData({ leaving: '' })
      await this.done('已经取消。')
    })
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },

  onEvaluate() {
    opening.go(`/pages/evaluation/evaluation?code=${this.query.code}`)
  },

  onMakeup() {
    const { live, others, title } = this.data
    const { code, startsAt, endsAt } = live[0] || others[0]
    const query = { shift: code, title, starts: startsAt, ends: endsAt }
    opening.go(`/pages/makeups/makeups?${Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`)
  },

  onComplain() {
    opening.go(`/pages/complaint/complaint?activity=${this.query.code}`)
  },

  onShareAppMessage() {
    return { title: this.data.title, path: `/pages/activity/activity?code=${this.query.code}` }
  },
}))
