// Writes that wait for the network: kept on the phone, sent once with the key they were made with, their end told.
//
// For what a person may forget about once he has tapped (我会来, 已读, a scan). Not for what he must see the end of:
// a sign-up takes a place or does not, that is said at once (`this.act` in lib/view.js).

const { asProblem } = require('./problem')
const api = require('./request')

const KEY = 'queue'
const TOLD = 'queue-told'
/** @type {Record<'POST' | 'PUT', (...args: any[]) => Promise<any>>} */
const METHODS = { POST: /** @type {any} */ (api.post), PUT: /** @type {any} */ (api.put) }

/**
 * what: in words, for the person (“东湖巡堤”签到); at: epoch ms when it was tapped
 * @typedef {{ method: 'POST' | 'PUT', path: string, params: Record<string, any>, body: Record<string, any> | null,
 *   key: string, what: string, at: number }} Kept
 * @typedef {{ what: string, at: number, ok: boolean, message: string, answer: any }} Told
 */

/** @type {Promise<void> | null} */
let sending = null
/** @type {(() => void) | null} the page that shows what waits and what became of it */
let watcher = null

/** @param {(() => void) | null} act called whenever that has changed */
const watch = (act) => { watcher = act }

const changed = () => { if (watcher) watcher() }

/** @returns {Kept[]} */
const waiting = () => wx.getStorageSync(KEY) || []

/** @returns {Told[]} what became of them, newest first, until the person has read it */
const told = () => wx.getStorageSync(TOLD) || []

const read = () => wx.removeStorageSync(TOLD)

/** @param {Omit<Kept, 'at' | 'key'> & { key?: string }} write */
const keep = (write) => {
  wx.setStorageSync(KEY, [...waiting(), { ...write, key: write.key || api.newKey(), at: Date.now() }])
  changed()
}

/**
 * The write now, or kept where there is no network.
 * @param {Omit<Kept, 'at' | 'key'>} write
 * @returns {Promise<{ sent: boolean, answer: any }>}
 */
const now = async (write) => {
  const key = api.newKey()
  try {
    return { sent: true, answer: await METHODS[write.method](write.path, write.params, write.body, key) }
  } catch (error) {
    if (asProblem(error).kind !== 'net') throw error
    keep({ ...write, key })
    return { sent: false, answer: null }
  }
}

/** Everything that waits, oldest first; what the network keeps back goes on waiting. */
const send = () => {
  const done = () => { sending = null }
  sending = sending || sendAll().then(done, done)
  return sending
}

const sendAll = async () => {
  for (const each of waiting()) {
    try {
      const answer = await METHODS[each.method](each.path, each.params, each.body, each.key)
      settle(each, { ok: true, message: '', answer })
    } catch (error) {
      const problem = asProblem(error)
      if (problem.kind === 'fault') continue // of the server's: it must not hold up the others
      if (problem.passing) return
      settle(each, { ok: false, message: problem.message, answer: null })
    }
  }
}

/** @param {Kept} one @param {{ ok: boolean, message: string, answer: any }} end */
const settle = (one, end) => {
  wx.setStorageSync(TOLD, [{ what: one.what, at: one.at, ...end }, ...told()].slice(0, 20))
  wx.setStorageSync(KEY, waiting().filter((each) => each.key !== one.key))
  changed()
}

/** Nothing of mine stays on a phone that I log out of. */
const clear = () => {
  wx.removeStorageSync(KEY)
  wx.removeStorageSync(TOLD)
}

module.exports = { clear, keep, now: /** @type {Queued} */ (/** @type {any} */ (now)), read, send, told, waiting, watch }
