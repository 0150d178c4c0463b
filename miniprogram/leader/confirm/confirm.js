// 确认时长: the exceptions first (no check-out, 海报 to be named, doubted), then one tap for the rest.

const api = require('../../lib/request')
const { tell } = require('../../lib/saying')
const { clock, duration, moment, span } = require('../../lib/text')
const view = require('../../lib/view')

const SHANGHAI = 8 * 3600 * 1000
const DAY = 24 * 3600 * 1000
const SKIPPED = /** @type {Record<string, string>} */ ({
  own_record: '是您自己的，请别人确认', naming_required: '要先点名“在场”', review_first: '要先核对',
  still_running: '还没有签退', record_state: '已经确认过，或者已经撤掉',
})

/** @param {any} each */
const line = (each) => ({
  no: each.public_no, name: each.name, record: each.record_id, me: each.is_me, inAt: each.in_at, doubts: each.review,
  when: each.in_at ? `${moment(each.in_at)} 签到${each.out_at ? `，${clock(each.out_at)} 签退` : ''}` : '',
  minutes: duration(each.minutes), byHand: each.by_hand,
})

Page(view({
  data: { title: '', when: '', inside: [], toName: [], toReview: [], ready: [], mine: [], confirmed: 0, running: false, open: '', time: '', reason: '' },

  async load() {
    const { code } = this.query
    const day = await api.get('/activities/{code}/day', { code })
    const of = (/** @type {string} */ group) => day.entries.filter((/** @type {any} */ each) => each.group === group)
    const left = of('left').filter((/** @type {any} */ each) => each.state === 'left')
    return {
      title: day.title, when: span(day.starts_at, day.ends_at), running: day.begun && Date.now() < Date.parse(day.ends_at),
      inside: of('inside').filter((/** @type {any} */ each) => !each.is_me).map(line), toName: of('to_name').map(line), toReview: of('to_review').map(line),
      ready: left.filter((/** @type {any} */ each) => !each.is_me).map(line),
      mine: day.entries.filter((/** @type {any} */ each) => each.is_me && each.record_id && each.state !== 'confirmed').map(line),
      confirmed: of('left').length - left.length,
    }
  },

  /** @param {any} event */
  onOpen(event) {
    const { no } = event.currentTarget.dataset
    this.setData({ open: this.data.open === no ? '' : no, time: '', reason: '' })
  },

  /** @param {any} event */
  onTime(event) {
    this.setData({ time: event.detail.value })
  },

  /** @param {any} event */
  onReason(event) {
    this.setData({ reason: event.detail.value })
  },

  /** A clock without a day is the first such time after the check-in. @param {any} event */
  async onEnd(event) {
    const { record, in: inAt } = event.currentTarget.dataset
    const { time, reason } = this.data
    if (!time) return tell('请先点“几点走的”，选一个时间。')
    const [hour, minute] = time.split(':').map(Number)
    const start = Date.parse(inAt) + SHANGHAI
    let out = Math.floor(start / DAY) * DAY + (hour * 60 + minute) * 60 * 1000
    if (out < start) out += DAY
    const body = { out_at: new Date(out - SHANGHAI).toISOString(), reason: reason.trim() || '忘了签退，按离开的时间补' }
    const done = await this.act('end', () => api.post('/records/{record_id}/end', { record_id: record }, body))
    if (done) await this.again()
  },

  /** @param {any} event */
  async onName(event) {
    const { record } = event.currentTarget.dataset
    const done = await this.act('name', () => api.post('/records/{record_id}/naming', { record_id: record }))
    if (done) await this.again()
  },

  /** @param {any} event */
  async onReview(event) {
    const { record, believe } = event.currentTarget.dataset
    const reason = this.data.reason.trim()
    if (!reason) return tell('请先写一句您核对到什么，比如：问过本人，当时在场。')
    const done = await this.act('review', () => api.post('/records/{record_id}/review', { record_id: record }, { believe, reason }))
    if (done) await this.again()
  },

  async again() {
    this.setData({ open: '', time: '', reason: '' })
    await this.refresh()
  },

  async onConfirm() {
    await this.act('confirm', async () => {
      const ids = this.data.ready.map((/** @type {any} */ each) => each.record)
      const done = await api.post('/activities/{code}/confirm', { code: this.query.code }, { record_ids: ids })
      const skipped = done.skipped.map((/** @type {any} */ each) => {
        const who = this.data.ready.find((/** @type {any} */ one) => one.record === each.record_id)
        return `${who ? who.name : '有一位'}${SKIPPED[each.why] || '要先处理例外'}`
      })
      const what = done.class_minutes ? `学时 ${duration(done.class_minutes)}` : `时长 ${duration(done.minutes)}`
      await this.refresh()
      await tell(`确认了 ${done.count} 人，共${what}${done.points ? `，${done.points} 积分` : ''}。${skipped.length ? `没有确认的：${skipped.join('；')}。` : ''}`)
    })
  },
}))
