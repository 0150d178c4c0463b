// What every page has: `Page(view({ cache, load, … }))`.
//
// - the last view at once, from the cache, with its age; the new one when it has come (`load` gives what to show);
// - where it fails: the sentence and 重试, above the last view or alone; never an empty page, never a bare code;
// - pull-down, coming back to the page, and the text size;
// - what is being written (`drafts`), kept on this phone until it is sent;
// - `this.act(name, job)`: a tap that counts once, with its refusal said in words and 重试 where that helps.

const cache = require('./cache')
const draft = require('./draft')
const opening = require('./opening')
const { asProblem } = require('./problem')
const { askYes, tell } = require('./saying')
const session = require('./session')
const textsize = require('./textsize')

/**
 * @typedef {{
 *   query: Record<string, string>,
 *   refresh(tapped?: any): Promise<void>,
 *   act(name: string, job: () => Promise<any>): Promise<boolean>,
 *   goRegister(): void,
 *   sent(): void,
 *   setIfHere(changes: Record<string, any>): void,
 * }} View what pages may call: `query` is decoded; `refresh` loads anew, and what was under way before is not shown any
 *   more; `act` answers whether it was done; `sent`: what was written is not to be kept
 * @typedef {WechatMiniprogram.Page.InstanceProperties & WechatMiniprogram.Page.InstanceMethods<any> & View & { data: any }} PageThis
 */

/**
 * @template {Record<string, any> & { data?: Record<string, any>, load?: () => Promise<any> }} T
 * @param {T & ThisType<T & PageThis>} own cache: the view's name (or a function of the query), none where nothing is kept;
 *   settled: true for forms, which coming back must not load anew; drafts: the fields of data that somebody writes
 * @returns {any}
 */
const view = (own) => ({
  ...own,
  // `state`: loading, ready or failed; `problem` the sentence, `remedy` what its button does; `busy` the act under way
  data: { query: {}, size: '', state: 'loading', problem: '', remedy: '', stale: '', busy: '', ...own.data },

  /** @this {any} @param {Record<string, string>} query */
  onLoad(query) {
    this.query = {}
    for (const name of Object.keys(query)) this.query[name] = decoded(query[name])
    this.cacheName = typeof own.cache === 'function' ? own.cache(this.query) : own.cache || ''
    const last = this.cacheName && cache.recall(this.cacheName)
    this.draftName = `${this.route}?${JSON.stringify(this.query)}`
    const written = (own.drafts && draft.recall(this.draftName)) || {}
    this.setData({
      query: this.query, size: textsize.size(), ...(last ? { ...last.shown, state: 'ready', stale: last.said } : {}), ...written,
    })
    if (own.onLoad) own.onLoad.call(this, this.query)
    this.refresh()
  },

  /** @this {any} */
  onReady() {
    opening.follow(this.query)
    if (own.onReady) own.onReady.call(this)
  },

  /** @this {any} */
  onShow() {
    this.setData({ size: textsize.size() })
    if (this.wasHidden && !own.settled) this.refresh(true)
    this.wasHidden = false
    if (own.onShow) own.onShow.call(this)
  },

  /** @this {any} */
  onHide() {
    this.wasHidden = true
    this.keepDraft()
    if (own.onHide) own.onHide.call(this)
  },

  /** @this {any} What comes back after the page is gone has nowhere to be shown. */
  onUnload() {
    this.gone = true
    this.keepDraft()
    if (own.onUnload) own.onUnload.call(this)
  },

  /** @this {any} A page hidden by a call, or left by mistake, has it again; what a page empties is not kept. */
  keepDraft() {
    const fields = /** @type {string[]} */ (own.drafts || [])
    if (this.wasSent || session.left()) return
    if (fields.some((name) => this.data[name])) draft.keep(this.draftName, Object.fromEntries(fields.map((name) => [name, this.data[name]])))
    else if (fields.length) draft.drop(this.draftName)
  },

  /** @this {any} */
  sent() {
    draft.drop(this.draftName)
    this.wasSent = true
  },

  /** @this {any} @param {Record<string, any>} changes */
  setIfHere(changes) {
    if (!this.gone) this.setData(changes)
  },

  /** @this {any} */
  onPullDownRefresh() {
    const stop = () => wx.stopPullDownRefresh()
    this.refresh(true).then(stop, stop)
  },

  /**
   * After a write or another choice the answer that is still under way is of before. @this {any}
   * @param {any} [tapped] by 重试, a pull or coming back: those wait for the one that is under way
   */
  refresh(tapped) {
    if (this.loading && tapped) return this.loading
    const loading = this.loadOnce().then(() => { if (this.loading === loading) this.loading = null })
    this.loading = loading
    return loading
  },

  /** @this {any} */
  async loadOnce() {
    const turn = (this.turn || 0) + 1
    this.turn = turn
    try {
      const shown = own.load ? await own.load.call(this) : {}
      if (turn !== this.turn) return
      this.setIfHere({ ...shown, state: 'ready', problem: '', remedy: '', stale: '' })
      if (this.cacheName) cache.keep(this.cacheName, shown)
    } catch (error) {
      const problem = asProblem(error)
      if (turn !== this.turn) return
      const known = this.data.state === 'ready' && problem.passing
      const remedy = problem.kind === 'left' ? 'come' : problem.passing ? 'retry' : problem.kind === 'register' ? 'register' : 'back'
      this.setIfHere({ state: known ? 'ready' : 'failed', problem: problem.message, remedy })
    }
  },

  /** @this {any} @param {string} name @param {() => Promise<any>} job */
  async act(name, job) {
    if (this.data.busy) return false
    this.setIfHere({ busy: name })
    try {
      await job()
      return true
    } catch (error) {
      const problem = asProblem(error)
      this.setIfHere({ busy: '' })
      if (problem.kind === 'register') return this.offerRegister(problem)
      const left = problem.kind === 'left'
      if (!problem.passing) await tell(problem.message)
      else if (await askYes(problem.message, { yes: left ? '重新登录' : '重试', no: '先不了' })) {
        if (left) session.comeBack()
        return this.act(name, job)
      }
      return false
    } finally {
      this.setIfHere({ busy: '' })
    }
  },

  /** @this {any} @param {any} problem */
  async offerRegister(problem) {
    if (await askYes(problem.message, { yes: '去登记', no: '先不了' })) this.goRegister()
    return false
  },

  /** @this {any} To the registration, and back here afterwards. */
  goRegister() {
    const query = Object.keys(this.query).map((name) => `${name}=${encodeURIComponent(this.query[name])}`).join('&')
    const here = `/${this.route}${query ? `?${query}` : ''}`
    wx.navigateTo({ url: `/pages/register/register?next=${encodeURIComponent(here)}` })
  },
})

/** @param {string} text a query's value: WeChat hands it over as it stood in the address */
const decoded = (text) => {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    return text
  }
}

module.exports = view
