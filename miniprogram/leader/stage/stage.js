// 签到码、签退码: the rotating code over the whole screen, bright and awake, a new one before the old is over. Where the net
// goes for a moment it stays as long as it can be scanned, then it leaves the screen and says what to do instead.

const { asProblem } = require('../../lib/problem')
const api = require('../../lib/request')
const opening = require('../../lib/opening')
const view = require('../../lib/view')
const device = require('../lib/device')

const SOON = 2000 // milliseconds to the next try where one failed
const GRACE = 300 // the server's step is over by then

Page(view({
  settled: true,
  timer: 0,
  death: 0,
  showing: false,
  data: { direction: 'in', url: '', title: '', over: false, weak: false, refused: '' },

  onLoad() {
    this.setData({ direction: this.query.direction === 'out' ? 'out' : 'in' })
  },

  async load() {
    wx.setNavigationBarTitle({ title: this.data.direction === 'in' ? '签到码' : '签退码' })
    await this.next()
    return {}
  },

  /** A code, and the time of the next; throws only where nothing can be shown at all. */
  async next() {
    clearTimeout(this.timer)
    const { direction } = this.data
    try {
      const stage = await api.get('/shifts/{code}/stage/{direction}', { code: this.query.shift, direction })
      if (direction !== this.data.direction || !this.showing) return // turned round, or locked, meanwhile
      const now = Date.parse(stage.server_now)
      this.setIfHere({ url: stage.url, title: stage.title, over: false, weak: false, refused: '' })
      this.expire(Date.parse(stage.good_until) - now)
      this.plan(Date.parse(stage.next_at) - now + GRACE)
    } catch (error) {
      const problem = asProblem(error)
      if (!problem.passing) {
        this.setIfHere({ url: '', refused: problem.message })
        return
      }
      this.plan(SOON)
      if (!this.data.url && !this.data.over) throw error
      this.setIfHere({ weak: true })
    }
  },

  /** @param {number} wait milliseconds */
  plan(wait) {
    if (this.showing) this.timer = setTimeout(() => this.next().catch(() => {}), wait)
  },

  /** @param {number} left milliseconds that this code can still be scanned */
  expire(left) {
    clearTimeout(this.death)
    this.death = setTimeout(() => this.setIfHere({ url: '', over: true }), left)
  },

  onShow() {
    this.showing = true
    device.wake(this)
    if (this.data.url || this.data.over) this.next().catch(() => {})
  },

  onHide() {
    this.stop()
  },

  onUnload() {
    this.stop()
  },

  stop() {
    this.showing = false
    clearTimeout(this.timer)
    clearTimeout(this.death)
    this.setIfHere({ url: '', over: true })
    device.rest(this)
  },

  /** @param {any} event */
  async onDirection(event) {
    const { direction } = event.currentTarget.dataset
    if (direction === this.data.direction) return
    clearTimeout(this.death)
    this.setData({ direction, url: '', over: false })
    await this.refresh()
    if (!this.data.url) await this.next().catch(() => {})
  },

  onScan() {
    opening.instead(`/leader/person/person?code=${this.query.code}&shift=${this.query.shift}&direction=${this.data.direction}`)
  },
}))
