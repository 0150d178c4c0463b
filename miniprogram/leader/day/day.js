// 当天的名单: the code to show, people to scan, who has not come, who is inside; marks, a call, what comes after.
// Without a network it is the list that this phone took along, with what it kept since.

const offline = require('../../lib/offline')
const { asProblem } = require('../../lib/problem')
const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, brief, tell } = require('../../lib/saying')
const { clock, duration, moment, span } = require('../../lib/text')
const view = require('../../lib/view')
const checking = require('../lib/checking')

const MARKS = /** @type {Record<string, string>} */ ({ present: '到场', absent: '没有来', excused: '请假', left_early: '提前离开' })
const BEFORE = 12 * 3600 * 1000 // so long before the start the list is taken along

/** @param {any} each one person of the day */
const person = (each) => ({
  no: each.public_no, name: each.name, shift: each.shift_code, record: each.record_id, me: each.is_me, group: each.group,
  position: each.position, phone: each.phone, walkIn: each.walk_in && !each.signed, mark: MARKS[each.outcome] || '',
  coming: each.coming && each.state === 'expected', mayMark: each.may_mark, state: each.state, kept: '', way: wayOf(each),
  when: each.state === 'expected' ? '' : times(each),
})

/** @param {{ state: string, is_me: boolean }} each @returns {'in' | 'out' | ''} what the list can do for him now */
const wayOf = (each) => (each.is_me ? '' : each.state === 'expected' ? 'in' : each.state === 'inside' ? 'out' : '')

/** @param {any} each */
const times = (each) => {
  if (!each.in_at) return ''
  return each.out_at ? `${clock(each.in_at)}–${clock(each.out_at)}，${duration(each.minutes)}` : `${clock(each.in_at)} 签到`
}

/** The people with what this phone kept and has not brought. @param {any[]} people @param {string} activity */
const withKept = (people, activity) => {
  const waiting = offline.unsent(activity)
  return people.map((each) => {
    const mine = waiting.filter((scan) => scan.no === each.no)
    const last = mine[mine.length - 1]
    if (!last) return each
    const kept = mine.map((scan) => `${clock(scan.device_at + scan.offset)} ${checking.WORDS[scan.direction]}`).join('，')
    const group = last.direction === 'in' ? 'inside' : 'left'
    return { ...each, kept: `${kept}，没送出`, group, way: last.direction === 'in' ? 'out' : '' }
  })
}
/** Kept scans of people who are on no list of this phone. @param {any[]} people @param {string} activity */
const strangers = (people, activity) =>
  offline.unsent(activity).filter((scan) => !people.some((each) => each.no === scan.no)).map((scan) => ({
    no: scan.nonce, name: scan.name || '没认出的码', group: 'inside', me: true, way: '', position: '', walkIn: false, mark: '', coming: false,
    kept: `${clock(scan.device_at + scan.offset)} ${checking.WORDS[scan.direction]}，没送出`, unknown: true,
  }))

Page(view({
  cache: (/** @type {Record<string, string>} */ query) => `leader-day-${query.code}`,
  data: { title: '', groups: [], shift: '', open: '', unsent: 0, odd: [], got: '', offline: false, note: '' },

  async load() {
    const { code } = this.query
    checking.awake()
    try {
      await offline.bring()
    } catch (error) { /* no network, or a list that is over: what waits goes on waiting */ }
    try {
      const day = await api.get('/activities/{code}/day', { code })
      this.takeAlong(day)
      return this.shown(day)
    } catch (error) {
      const list = offline.of(code)
      if (asProblem(error).kind !== 'net' || !list) throw error
      return this.fromList(list)
    }
  },

  /** @param {any} day */
  shown(day) {
    const now = Date.now()
    const current = [...day.shifts].reverse().find((each) => Date.parse(each.starts_at) <= now) || day.shifts[0] || { code: '' }
    return {
      title: day.title, when: span(day.starts_at, day.ends_at), place: day.place, activityState: day.activity_state, begun: day.begun,
      ready: day.ready, asks: day.asks, unknown: day.unknown, shift: current.code, offline: false,
      ...this.grouped(day.entries.map(person)),
    }
  },

  /** The list of this phone. @param {any} list */
  fromList(list) {
    const { activity, people, others, shifts } = list.kit
    const now = Date.now() + list.offset
    const current = [...shifts].reverse().find((each) => each.starts_at <= now) || shifts[0] || { code: '' }
    const entries = people.map((/** @type {any} */ each) => {
      const state = each.out_at ? 'left' : each.in_at ? 'inside' : 'expected'
      const group = state === 'expected' ? (activity.starts_at <= now ? 'due' : 'coming') : state
      return {
        no: each.no, name: each.name, shift: each.shift, record: 0, me: each.me, group, position: '', phone: '', walkIn: false, mark: '',
        coming: false, mayMark: false, state, kept: '', way: wayOf({ state, is_me: each.me }), when: times({ ...each, minutes: 0 }).replace('，0分钟', ''),
      }
    })
    const more = others.map((/** @type {any} */ each) => ({
      no: each.no, name: each.name, shift: current.code, record: 0, me: false, group: 'others', position: '', phone: '', walkIn: false,
      mark: '', coming: false, mayMark: false, state: 'expected', kept: '', way: 'in', when: '',
    }))
    return {
      title: activity.title, when: `${moment(activity.starts_at)}–${clock(activity.ends_at)}`, place: activity.place, activityState: 'published',
      begun: false, ready: 0, asks: 0, unknown: 0, shift: current.code, offline: true, got: moment(list.got), ...this.grouped([...entries, ...more]),
    }
  },

  /** @param {any[]} all */
  grouped(all) {
    const people = [...withKept(all, this.query.code), ...strangers(all, this.query.code)]
    const of = (/** @type {string} */ name) => people.filter((each) => each.group === name)
    const groups = [
      { key: 'due', title: '到点没来', people: of('due'), none: '没有。' },
      { key: 'to_name', title: '等您点名', people: of('to_name'), hint: '他们扫的是海报上的码。看到本人，再点“在场”。' },
      { key: 'inside', title: '在场', people: of('inside'), none: '还没有人。' },
      { key: 'coming', title: '还没到点', people: of('coming') },
      { key: 'to_review', title: '要核对', people: of('to_review'), hint: '签到有疑问，在“确认时长”里核对。' },
      { key: 'away', title: '没有来、请假', people: of('away') },
      { key: 'left', title: '已经走了', people: of('left') },
      { key: 'others', title: '队里没报名的', people: of('others') },
    ]
    const list = offline.of(this.query.code)
    return {
      groups: groups.filter((each) => each.people.length || each.none), unsent: offline.unsent(this.query.code).length,
      got: list ? moment(list.got) : '',
      odd: offline.odd(this.query.code).map((each) => ({
        id: each.nonce, words: `${each.name || each.answer.name || '有人'} ${clock(each.device_at + each.offset)} ${checking.WORDS[each.direction]}：${each.answer.message}`,
      })),
    }
  },

  everybody() {
    return this.data.groups.flatMap((/** @type {any} */ each) => each.people).filter((/** @type {any} */ each) => !each.unknown)
  },

  /** The list onto this phone, quietly, on the day itself. @param {any} day */
  takeAlong(day) {
    const { code } = this.query
    const soon = day.begun || Date.now() > Date.parse(day.starts_at) - BEFORE
    if (day.activity_state !== 'published' || !soon) return
    offline.take(code).then(() => this.setIfHere({ got: moment(Date.now()) }), () => {})
  },

  onShow() {
    offline.watch(() => this.refresh())
  },

  onHide() {
    offline.watch(null)
  },

  onUnload() {
    offline.watch(null)
    const unsent = offline.unsent(this.query.code).length
    if (unsent) brief(`还有 ${unsent} 条没送出，连上网会自动送`)
  },

  /** @param {any} event */
  onPerson(event) {
    const { no } = event.currentTarget.dataset
    this.setData({ open: this.data.open === no ? '' : no, note: '' })
  },

  /** @param {any} event */
  async onTick(event) {
    const { no, name, way, shift } = event.currentTarget.dataset
    await this.act(`tick-${no}`, async () => {
      const done = await checking.ticked({ activity: this.query.code, shift, direction: way }, { no, name })
      this.setData({ open: '' })
      if (done.kept) this.setIfHere(this.grouped(this.everybody()))
      else await this.refresh()
      brief(done.title)
    })
  },

  /** @param {any} event */
  async onName(event) {
    const { record } = event.currentTarget.dataset
    const done = await this.act('name', () => api.post('/records/{record_id}/naming', { record_id: record }))
    if (done) await this.refresh()
  },

  /** @param {any} event */
  onNote(event) {
    this.setData({ note: event.detail.value })
  },

  /** @param {any} event */
  async onMark(event) {
    const { no, shift, mark, name } = event.currentTarget.dataset
    await this.act('mark', async () => {
      const body = { public_no: no, outcome: mark, note: this.data.note.trim() }
      await api.post('/shifts/{shift_code}/outcomes', { shift_code: shift }, body)
      this.setData({ open: '', note: '' })
      await this.refresh()
      brief(mark ? `${name}：记了“${MARKS[mark]}”` : '撤销了')
    })
  },

  /** @param {any} event */
  async onCall(event) {
    const { no } = event.currentTarget.dataset
    await this.act('call', async () => {
      const { phone } = await api.post('/activities/{code}/calls', { code: this.query.code }, { public_no: no })
      wx.makePhoneCall({ phoneNumber: phone, fail: () => {} })
    })
  },

  /** @param {any} event */
  async onUndo(event) {
    const { record, name, side } = event.currentTarget.dataset
    if (!(await askYes(`撤回${name}的${side === 'out' ? '签退' : '签到'}？他可以再签。`, { yes: '撤回', no: '不撤' }))) return
    await this.act('undo', async () => {
      await api.post('/records/{record_id}/undo', { record_id: record }, { side, reason: '点错了人' })
      this.setData({ open: '' })
      await this.refresh()
      brief('撤回了')
    })
  },

  /** @param {any} event */
  onGo(event) {
    const { page, query } = event.currentTarget.dataset
    opening.go(`/leader/${page}/${page}?code=${this.query.code}&shift=${this.data.shift}${query ? `&${query}` : ''}`)
  },

  async onRead() {
    offline.read(this.query.code)
    await this.refresh()
  },

  async onDrop() {
    if (offline.unsent(this.query.code).length) return tell('还有没送出的签到，先连上网送出去，再删名单。')
    if (!(await askYes('把这份名单从手机里删掉？删掉以后，没有网就不能签到了。', { yes: '删掉', no: '留着' }))) return
    await offline.drop(this.query.code)
    this.setData({ got: '' })
  },
}))
