// 扫志愿者: a person's own code or card, in or out, said in words, and the next one. Also where a code leads that was
// scanned elsewhere (`code` is a person's then): the leader says at which activity.

const offline = require('../../lib/offline')
const { asProblem } = require('../../lib/problem')
const api = require('../../lib/request')
const opening = require('../../lib/opening')
const scanner = require('../../lib/scanner')
const { span } = require('../../lib/text')
const view = require('../../lib/view')
const checking = require('../lib/checking')

const READ = 1500 // milliseconds in which a name that went well can be read, before the next scan opens
const FOREIGN = '这不是志愿者的码。请让他打开小程序“我的码”，或者拿出志愿者卡。'
const VENUE = '这是签到码，是给志愿者扫的。请扫志愿者手机上的“我的码”。'

Page(view({
  settled: true,
  data: { activity: '', shift: '', title: '', shifts: [], choices: [], direction: 'in', result: null, waits: '', on: true, unsent: 0, offline: false },

  onLoad() {
    const { code, shift, direction } = this.query
    const person = opening.meaning(code || '')
    this.setData({ direction: direction === 'out' ? 'out' : 'in', waits: person.kind === 'person' ? person.code : '' })
    if (person.kind !== 'person') this.setData({ activity: code || '', shift: shift || '' })
  },

  async load() {
    const { activity, waits } = this.data
    if (!activity) return this.choose()
    const found = await this.facts(activity)
    return { ...found, waits, unsent: offline.unsent(activity).length }
  },

  /** @param {string} activity its title and shifts, without a network from the list of this phone */
  async facts(activity) {
    try {
      const one = await api.get('/activities/{code}', { code: activity })
      return { title: one.title, offline: false, ...this.shiftsOf(one.shifts) }
    } catch (error) {
      const list = offline.of(activity)
      if (!asProblem(error).silent || !list) throw error
      return { title: list.kit.activity.title, offline: true, ...this.shiftsOf(list.kit.shifts) }
    }
  },

  /** @param {any[]} all */
  shiftsOf(all) {
    const shifts = all.map((each) => ({ code: each.code, words: `${each.position}，${span(iso(each.starts_at), iso(each.ends_at))}` }))
    const current = [...all].reverse().find((each) => Date.parse(iso(each.starts_at)) <= Date.now()) || all[0] || { code: '' }
    return { shifts, shift: this.data.shift || current.code }
  },

  /** Scanned outside an activity: which one is it? */
  async choose() {
    try {
      const { activities } = await api.get('/activities/led')
      const open = activities.filter((/** @type {any} */ each) => each.state === 'published')
      return { choices: open.map((/** @type {any} */ each) => ({ code: each.code, title: each.title, when: span(each.starts_at, each.ends_at) })) }
    } catch (error) {
      const lists = offline.taken()
      if (!asProblem(error).silent || !lists.length) throw error
      return { choices: lists.map((each) => ({ code: each.code, title: each.title, when: span(iso(each.starts_at), iso(each.ends_at)) })) }
    }
  },

  /** @param {any} event */
  async onChoose(event) {
    this.setData({ activity: event.currentTarget.dataset.code, choices: [] })
    await this.refresh()
  },

  /** @param {any} event */
  onDirection(event) {
    this.setData({ direction: event.currentTarget.dataset.direction, result: null })
  },

  /** @param {any} event */
  onShift(event) {
    this.setData({ shift: event.currentTarget.dataset.shift })
  },

  onOn() {
    clearTimeout(this.timer)
    this.setData({ on: !this.data.on })
  },

  /** The code that led here. */
  async onWaiting() {
    const { waits } = this.data
    await this.check(waits)
    this.setData({ waits: '' })
  },

  async onScan() {
    clearTimeout(this.timer)
    if (this.scanning || this.data.busy) return
    this.scanning = true
    const text = await scanner.read()
    this.scanning = false
    if (!text || this.gone) return
    const { kind, code } = opening.meaning(text)
    if (kind === 'person') return this.check(code)
    this.setData({ result: { ok: false, kept: false, title: '没有扫对', words: kind === 'scan' ? VENUE : FOREIGN } })
  },

  /** @param {string} code */
  async check(code) {
    const { activity, shift, direction } = this.data
    const where = { activity, shift, direction: /** @type {'in'} */ (direction) }
    await this.act('check', async () => {
      try {
        this.say(await checking.scanned(where, code))
      } catch (error) {
        const problem = asProblem(error)
        if (problem.passing) throw problem
        this.say({ ok: false, kept: false, title: `没有${checking.WORDS[where.direction]}`, words: problem.message })
      }
    })
  },

  /** @param {import('../lib/checking').Result} result */
  say(result) {
    wx.vibrateShort({ type: result.ok ? 'medium' : 'heavy', fail: () => {} })
    this.setIfHere({ result, unsent: offline.unsent(this.data.activity).length, offline: result.kept })
    if (result.ok && this.data.on && !this.gone) this.timer = setTimeout(() => this.onScan(), READ)
  },

  onShow() {
    offline.watch(() => this.setIfHere({ unsent: offline.unsent(this.data.activity).length, offline: false }))
  },

  onHide() {
    offline.watch(null)
    clearTimeout(this.timer)
  },

  onUnload() {
    offline.watch(null)
    clearTimeout(this.timer)
  },

  onList() {
    opening.instead(`/leader/day/day?code=${this.data.activity}`)
  },
}))

/** @param {string | number} at @returns {string} */
const iso = (at) => (typeof at === 'number' ? new Date(at).toISOString() : at)
