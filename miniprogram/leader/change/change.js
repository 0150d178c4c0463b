// 改时间、地点、人数: of a draft, or of what people have signed up for; they are told at once, and who has not read it is named.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, brief, tell } = require('../../lib/saying')
const { date, moment, span } = require('../../lib/text')
const view = require('../../lib/view')
const { dayText, timeText, times, wrong } = require('../lib/form')

const AHEAD = 180 * 24 * 3600 * 1000
const NAMED = 30 // so many names are read at a glance

/** @param {any} last how the last move has come over */
const reading = (last) => {
  const names = last.open.slice(0, NAMED).join('、')
  const more = last.open.length > NAMED ? ` 等 ${last.open.length} 人` : ''
  return { when: moment(last.at), told: last.told, open: last.open.length, names: `${names}${more}` }
}

Page(view({
  settled: true,
  data: { title: '', when: '', draft: false, open: false, begun: false, parted: false, form: null, was: null, shifts: [], last: null, first: '', until: '' },

  async load() {
    const { code } = this.query
    const [one, { last }] = await Promise.all([api.get('/activities/{code}', { code }), api.get('/activities/{code}/moves/readers', { code })])
    const form = { day: dayText(Date.parse(one.starts_at)), from: timeText(one.starts_at), to: timeText(one.ends_at), place: one.place }
    return {
      title: one.title, when: span(one.starts_at, one.ends_at), draft: one.state === 'draft',
      open: (one.state === 'published' && Date.parse(one.ends_at) > Date.now()) || (one.state === 'draft' && one.approval !== 'waiting'),
      waits: one.state === 'draft' && one.approval === 'waiting',
      begun: one.state === 'published' && Date.parse(one.starts_at) <= Date.now(),
      parted: one.shifts.some((/** @type {any} */ each) => each.starts_at !== one.starts_at || each.ends_at !== one.ends_at),
      form: { ...form, dayWords: date(form.day) }, was: form, last: last && last.told ? reading(last) : null,
      shifts: one.shifts.map((/** @type {any} */ each) => ({
        code: each.code, position: each.position, when: span(each.starts_at, each.ends_at), quota: String(each.quota), was: each.quota, taken: each.taken,
      })),
      first: dayText(Date.now()), until: dayText(Date.now() + AHEAD),
    }
  },

  /** @param {any} event */
  onField(event) {
    const { name } = event.currentTarget.dataset
    const { value } = event.detail
    this.setData({ [`form.${name}`]: value, ...(name === 'day' ? { 'form.dayWords': date(value) } : {}) })
  },

  /** @param {any} event */
  onQuota(event) {
    this.setData({ [`shifts[${event.currentTarget.dataset.index}].quota`]: event.detail.value })
  },

  /** What differs from what stands, as the server takes it. @returns {Record<string, string>} */
  moved() {
    const { form, was } = this.data
    /** @type {Record<string, string>} */
    const changes = {}
    if (form.place.trim() !== was.place) changes.place = form.place.trim()
    const at = times(form)
    const old = times(was)
    if (at.starts_at !== old.starts_at) changes.starts_at = at.starts_at
    if (at.ends_at !== old.ends_at) changes.ends_at = at.ends_at
    return changes
  },

  async onSave() {
    const { form, shifts, draft } = this.data
    if (!form.place.trim()) return tell('请写在哪里集合。')
    const few = shifts.find((/** @type {any} */ each) => !(Number(each.quota) >= Math.max(1, each.taken)))
    if (few) return tell(few.taken ? `${few.position}已经有 ${few.taken} 人报上了，人数不能比这少。` : '请写要多少人。')
    const moved = this.moved()
    const fuller = shifts.filter((/** @type {any} */ each) => Number(each.quota) !== each.was)
    const tells = Object.keys(moved).length > 0
    if (!tells && !fuller.length) return tell('没有改动。')
    if (tells && !draft && !(await askYes(this.question(moved), { yes: '改', no: '再看看' }))) return
    await this.act('save', () => this.save(moved, fuller).catch(wrong))
  },

  /** @param {Record<string, string>} moved */
  question(moved) {
    const { form } = this.data
    const at = times(form)
    const lines = []
    if (moved.starts_at || moved.ends_at) lines.push(`时间改成 ${span(at.starts_at, at.ends_at)}。`)
    if (moved.place) lines.push(`地点改成 ${moved.place}。`)
    return `${lines.join('\n')}\n报了名的人马上收到通知。`
  },

  /** @param {Record<string, string>} moved @param {any[]} fuller */
  async save(moved, fuller) {
    const { code } = this.query
    const tells = Object.keys(moved).length > 0
    if (tells) await api.post('/activities/{code}/move', { code }, moved)
    for (const each of fuller) await api.put('/shifts/{code}/quota', { code: each.code }, { quota: Number(each.quota) })
    if (tells && !this.data.draft) await tell('改好了，已经通知报了名的人。谁还没看到，过一会儿来这一页看。')
    else brief('改好了')
    wx.navigateBack({ fail: () => opening.instead(`/leader/day/day?code=${code}`) })
  },
}))
