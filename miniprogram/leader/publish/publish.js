// 发布活动: what was held before, or a ready pattern; then date, time, place, number; a look at it; 发布.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, tell } = require('../../lib/saying')
const { date, span } = require('../../lib/text')
const view = require('../../lib/view')
const { dayText, timeText, times, wrong } = require('../lib/form')
const { PATTERNS } = require('../lib/patterns')

const DAY = 24 * 3600 * 1000

/** @param {string} last @returns {string} the same weekday, a week after the last time or the next one to come */
const nextTime = (last) => {
  const weeks = Math.max(1, Math.ceil((Date.now() - Date.parse(last)) / (7 * DAY)))
  return dayText(Date.parse(last) + weeks * 7 * DAY)
}

Page(view({
  settled: true,
  data: {
    teams: [], team: '', earlier: [], patterns: PATTERNS.map(({ title }, index) => ({ title, index })), form: null, draft: null, asked: false,
    first: '', until: '', last: null,
  },

  async load() {
    const { code } = this.query
    const days = { first: dayText(Date.now()), until: dayText(Date.now() + 180 * DAY) }
    if (code) return { ...days, draft: await this.drafted(code) }
    const { teams } = await api.get('/me/leading')
    const shown = teams.map((/** @type {any} */ each) => ({ code: each.code, name: each.name }))
    return { ...days, teams: shown, ...(shown.length === 1 ? await this.ofTeam(shown[0].code) : {}) }
  },

  /** @param {string} team */
  async ofTeam(team) {
    const { activities } = await api.get('/teams/{code}/earlier', { code: team })
    return {
      team,
      earlier: activities.map((/** @type {any} */ each) => ({
        code: each.code, title: each.title, place: each.place, quota: each.quota, day: nextTime(each.starts_at), from: timeText(each.starts_at), to: timeText(each.ends_at), last: date(each.local_day),
      })),
    }
  },

  /** @param {any} event */
  async onTeam(event) {
    const { code } = event.currentTarget.dataset
    await this.act('team', async () => this.setData(await this.ofTeam(code)))
  },

  /** @param {any} event What was held before: only what differs is asked. */
  onEarlier(event) {
    const old = this.data.earlier[event.currentTarget.dataset.index]
    this.setData({
      form: {
        old: old.code, title: old.title, day: old.day, dayWords: date(old.day), from: old.from, to: old.to, place: old.place,
        quota: old.quota ? String(old.quota) : '', several: !old.quota,
      },
    })
  },

  /** @param {any} event */
  onPattern(event) {
    const { index } = event.currentTarget.dataset
    const { title, from, to, quota } = PATTERNS[index]
    const day = dayText(Date.now() + DAY)
    this.setData({
      form: { pattern: index, title, day, dayWords: date(day), from, to, place: '', quota: String(quota), several: false, contact: '' },
    })
  },

  /** @param {any} event */
  onField(event) {
    const { name } = event.currentTarget.dataset
    const { value } = event.detail
    this.setData({ [`form.${name}`]: value, ...(name === 'day' ? { 'form.dayWords': date(value) } : {}) })
  },

  onBack() {
    this.setData({ form: null, draft: null })
  },

  /** The draft was wrong: it goes, and the form comes back as it was. */
  async onChange() {
    const { draft, last } = this.data
    await this.act('change', async () => {
      await api.post('/activities/{code}/cancel', { code: draft.code }, { reason: '发布前改写' })
      this.setData({ draft: null, form: last })
    })
  },

  async onLook() {
    const { form } = this.data
    if (!form.place.trim()) return tell('请写在哪里集合。')
    if (!form.several && !(Number(form.quota) >= 1)) return tell('请写要多少人。')
    await this.act('look', async () => {
      try {
        const { code } = form.old ? await this.again(form) : await this.fresh(form)
        this.setData({ draft: await this.drafted(code), form: null, last: form })
      } catch (error) {
        await wrong(error)
      }
    })
  },

  /** @param {any} form */
  again(form) {
    const body = { ...times(form), place: form.place.trim(), ...(form.several ? {} : { quota: Number(form.quota) }) }
    return api.post('/activities/{code}/copy', { code: form.old }, body)
  },

  /** @param {any} form */
  fresh(form) {
    const { position, title: _pattern, from: _from, to: _to, quota: _quota, ...texts } = PATTERNS[form.pattern]
    const body = {
      ...texts, ...times(form), team_code: this.data.team, title: form.title.trim(), place: form.place.trim(), contact: form.contact.trim(),
      positions: [{ name: position, quota: Number(form.quota) }],
    }
    return api.post('/activities', {}, body)
  },

  /** @param {string} code the draft as people will see it */
  async drafted(code) {
    const one = await api.get('/activities/{code}', { code })
    return {
      code, title: one.title, waits: one.approval === 'waiting', done: one.state !== 'draft',
      facts: [
        ['时间', span(one.starts_at, one.ends_at)], ['地点', one.place], ['服务队', one.team_name],
        ['人数', one.shifts.map((/** @type {any} */ each) => `${each.position} ${each.quota} 人`).join('；')], ['内容', one.content],
        ['安全提示', one.risk_notice], ['参加条件', one.conditions], ['保障', one.safeguards], ['联系人', one.contact],
      ].filter(([, value]) => value).map(([name, value]) => ({ name, value })),
    }
  },

  async onPublish() {
    const { code } = this.data.draft
    await this.act('publish', async () => {
      try {
        await api.post('/activities/{code}/publish', { code })
      } catch (error) {
        return wrong(error)
      }
      const { state } = await api.get('/activities/{code}', { code })
      const shown = state === 'published'
      await tell(shown ? '发布了，大家可以报名了。' : '交给服务站了。服务站同意以后，自动发布。')
      opening.instead(shown ? `/leader/day/day?code=${code}` : '/leader/teams/teams')
    })
  },

  onMove() {
    opening.go(`/leader/change/change?code=${this.data.draft.code}`)
  },

  /** Back from where it was changed. */
  onShow() {
    if (this.data.draft && this.query.code) this.refresh()
  },

  async onDrop() {
    const { code, waits } = this.data.draft
    if (!(await askYes(waits ? '撤回以后，服务站不再看它，也不会发布。' : '草稿删掉以后找不回来。', { yes: waits ? '撤回' : '删掉', no: '留着' }))) return
    await this.act('drop', async () => {
      await api.post('/activities/{code}/cancel', { code }, { reason: waits ? '队长撤回' : '草稿不要了' })
      opening.instead('/leader/teams/teams')
    })
  },

  onLater() {
    opening.instead('/leader/teams/teams')
  },
}))
