// What a scan came to, in words. Opened by the scanner, by a code that WeChat scanned (`code`), and after a registration.

const asking = require('../../lib/asking')
const checkin = require('../../lib/checkin')
const opening = require('../../lib/opening')
const { asProblem } = require('../../lib/problem')
const scanner = require('../../lib/scanner')
const { brief, tell } = require('../../lib/saying')
const view = require('../../lib/view')

Page(view({
  settled: true,
  data: { result: '', title: '', lines: [], activity: '', refused: '', mayRemind: false },

  /** One scan at a time: the code of this opening, else the ticket that waits. */
  async load() {
    const { code } = this.query
    const held = checkin.waiting()
    if (!code && !held) return { result: 'none' }
    try {
      const found = code ? await checkin.scanned(code) : await checkin.redeem(/** @type {any} */ (held))
      return this.shown(found)
    } catch (error) {
      const problem = asProblem(error)
      if (problem.kind === 'register') return { result: 'register', title: held ? held.title : '' }
      if (problem.passing) throw problem
      return { result: 'refused', refused: problem.message }
    }
  },

  /** @param {any} found */
  shown(found) {
    if (found.state !== 'done') return { result: found.state, title: found.title || '' }
    asking.prepare('checkin').then((some) => this.setIfHere({ mayRemind: some }))
    wx.vibrateShort({ type: 'medium', fail: () => {} })
    return { result: 'done', ...checkin.inWords(found.said) }
  },

  async onScan() {
    const text = await scanner.read()
    if (!text) return
    const page = opening.pageOf(text)
    if (page) opening.instead(page)
    else await tell(scanner.FOREIGN)
  },

  async onRemind() {
    if (await asking.ask('checkin')) brief('好的')
    this.setData({ mayRemind: false })
  },

  onRegister() {
    wx.navigateTo({ url: `/pages/register/register?next=${encodeURIComponent('/pages/scan/scan')}` })
  },

  /** @param {any} event */
  onGo(event) {
    opening.instead(event.currentTarget.dataset.page)
  },
}))
