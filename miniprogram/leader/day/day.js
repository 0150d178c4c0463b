// 当天的名单: the code to show, people to scan, who has not come, who is inside; marks, a call, what comes after.
// Where the server does not answer it is the list that this phone took along, with what it kept since.

const offline = require('../../lib/offline')
const { asProblem } = require('../../lib/problem')
const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, brief, tell } = require('../../lib/saying')
const { clock, moment, span } = require('../../lib/text')
const view = require('../../lib/view')
const checking = require('../lib/checking')
const { fromKit, MARKS, person, ticked, withKept } = require('../lib/people')

const QUIET = 800 // milliseconds after the last tick until the list is loaded anew

Page(view({
  cache: (/** @type {Record<string, string>} */ query) => `leader-day-${query.code}`,
  data: { title: '', groups: [], shift: '', open: '', unsent: 0, odd: [], got: '', offline: false, early: false, note: '', ticking: {} },

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
      if (!asProblem(error).silent || !list) throw error
      return this.fromList(list)
    }
  },

  /** @param {any} day */
  shown(day) {
    const now = Date.now()
    const current = [...day.shifts].reverse().find((each) => Date.parse(each.starts_at) <= now) || day.shifts[0] || { code: '' }
    return {
      title: day.title, when: span(day.starts_at, day.ends_at), place: day.place, activityState: day.activity_state, begun: day.begun, early: day.early,
      ready: day.ready, asks: day.asks, unknown: day.unknown, results: day.is_class && Date.parse(day.ends_at) <= now, shift: current.code, offline: false,
      ...this.grouped(day.entries.map(person), day.early),
    }
  },

  /** The list of this phone. @param {any} list */
  fromList(list) {
    const { activity, shifts } = list.kit
    const now = Date.now() + list.offset
    const current = [...shifts].reverse().find((each) => each.starts_at <= now) || shifts[0] || { code: '' }
    return {
      title: activity.title, when: `${moment(activity.starts_at)}–${clock(activity.ends_at)}`, place: activity.place, activityState: 'published',
      begun: activity.starts_at <= now, early: false, ready: 0, asks: 0, unknown: 0, results: false, shift: current.code, offline: true, got: moment(list.got), ...this.grouped(fromKit(list.kit, now, current.code), false),
    }
  },

  /** @param {any[]} all @param {boolean} [early] days before, nobody can be missing */
  grouped(all, early) {
    const people = withKept(all, this.query.code)
    const calm = early === undefined ? this.data.early : early
    const of = (/** @type {string} */ name) => people.filter((each) => each.group === name)
    const groups = [
      { key: 'due', title: '到点没来', people: of('due'), none: calm ? '' : '没有。' },
      { key: 'to_name', title: '等您点名', people: of('to_name'), hint: '他们扫的是海报上的码。看到本人，再点“在场”。' },
      { key: 'inside', title: '在场', people: of('inside'), none: calm ? '' : '还没有人。' },
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
    if (day.activity_state !== 'published' || day.early) return
    offline.take(code).then(() => {
      this.setIfHere({ got: moment(Date.now()) })
      return offline.unsent(code).length ? offline.bring() : undefined // the old list's right to bring was over
    }).catch(() => {})
  },

  onShow() {
    offline.watch(() => this.refresh())
  },

  onHide() {
    offline.watch(null)
  },

  onUnload() {
    offline.watch(null)
    clearTimeout(this.settling)
    const unsent = offline.unsent(this.query.code).length
    if (unsent) brief(`还有 ${unsent} 条没送出，连上网会自动送`)
  },

  /** @param {any} event */
  onPerson(event) {
    const { key } = event.currentTarget.dataset
    this.setData({ open: this.data.open === key ? '' : key, note: '' })
  },

  /** One after another, however quickly they are tapped; none is lost on a slow line. @param {any} event */
  onTick(event) {
    const what = { ...event.currentTarget.dataset }
    if (this.data.ticking[what.key]) return
    this.setData({ [`ticking.${what.key}`]: true })
    this.ticks = (this.ticks || Promise.resolve()).then(() => this.tick(what)).then(() => this.setIfHere({ [`ticking.${what.key}`]: false }))
  },

  /** @param {{ key: string, no: string, name: string, way: 'in' | 'out', shift: string }} what */
  async tick(what) {
    const { key, no, name, way, shift } = what
    try {
      const done = await checking.ticked({ activity: this.query.code, shift, direction: way }, { no, name })
      const people = this.everybody().map((/** @type {any} */ each) => (each.key === key && done.said ? ticked(each, done.said) : each))
      this.setIfHere({ open: '', ...this.grouped(people) })
      brief(done.title)
      if (!done.kept) this.settle()
    } catch (error) {
      const problem = asProblem(error)
      if (!problem.passing) await tell(problem.message)
      else if (await askYes(problem.message, { yes: '重试', no: '先不了' })) await this.tick(what)
    }
  },

  /** The whole list once more, when the last of several is done. */
  settle() {
    clearTimeout(this.settling)
    this.settling = setTimeout(() => this.refresh(), QUIET)
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
