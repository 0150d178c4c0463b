// What a leader's phone takes along to a place without a network, and what it brings back (POST /offline/scans).
//
// Fetched by itself when the day of an activity is opened with a network: list, revocations, and a token that may only
// fetch this list and bring scans. No telephone, no document number, no photo. No PIN as in the ordinary browser: who
// opens this WeChat sees the same names without one. The list is thrown away when all is brought and the activity over,
// at a tap, twelve hours after the end, and when he logs out (lib/mine.js); kept scans stay, since they are people's hours:
// the same leader's next list brings them.

const { Problem, asProblem } = require('./problem')
const api = require('./request')
const { call, twice } = require('./wire')

const LISTS = 'offline-lists' // by activity: { token, offset, got, kit }
const SCANS = 'offline-scans'
const PIECE = 50
const AFTER = 30 * 60 * 1000 // so long after the end check-outs still come

/**
 * nonce, kind, direction, device_at, offset, shift, code, person as docs/checkin.md says; kit: under which it was kept;
 * no, name: who it is as far as this phone knows; mine: who kept it; answer: what the server said, null until it is brought
 * @typedef {{ nonce: string, kind: 'person' | 'list', direction: 'in' | 'out', device_at: number, offset: number, shift: string,
 *   code?: string, person?: string, kit: string, activity: string, no: string, name: string,
 *   answer: any }} Scan
 */

/** @returns {Record<string, any>} */
const lists = () => wx.getStorageSync(LISTS) || {}
/** @returns {Scan[]} */
const scans = () => wx.getStorageSync(SCANS) || []
/** @param {Scan[]} all */
const put = (all) => wx.setStorageSync(SCANS, all)

const hex = (/** @type {number} */ size) =>
  Array.from({ length: size }, () => Math.floor(Math.random() * 16).toString(16)).join('')
const nonce = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`

/** 43 characters from WeChat's own random numbers, by which the server knows this phone's list. @returns {Promise<string>} */
const secret = () =>
  new Promise((done, reject) => {
    wx.getRandomValues({
      length: 32,
      success: ({ randomValues }) =>
        done(wx.arrayBufferToBase64(randomValues).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')),
      fail: () => reject(new Problem('fault')),
    })
  })

/** @param {string} activity @returns {any} the list of an activity, null where there is none, or it is past its time */
const of = (activity) => {
  const all = lists()
  const found = all[activity]
  if (!found) return null
  if (Date.now() + found.offset <= found.kit.until) return found
  forget(activity)
  return null
}

/** @param {string} activity */
const forget = (activity) => {
  const { [activity]: _gone, ...rest } = lists()
  wx.setStorageSync(LISTS, rest)
}

/** @param {string} activity @param {string} token @param {any} kit @param {number} asked */
const keepList = (activity, token, kit, asked) => {
  const people = kit.people.map((/** @type {any} */ each) => ({ ...each, photo: undefined }))
  const offset = kit.server_now - Math.round((asked + Date.now()) / 2)
  wx.setStorageSync(LISTS, { ...lists(), [activity]: { token, offset, got: Date.now(), kit: { ...kit, people } } })
}

/**
 * What was done with a network stands in the list, too, for when it goes.
 * @param {string} activity
 * @param {string} no
 * @param {{ name: string, shift_code: string, in_at: string, out_at: string | null }} said
 */
const learn = (activity, no, said) => {
  const found = of(activity)
  if (!found || !no) return
  const same = (/** @type {any} */ each) => each.no === no && each.shift === said.shift_code // twice on the list: once a shift
  const rest = found.kit.people.filter((/** @type {any} */ each) => !same(each))
  const old = found.kit.people.find(same) || { no, name: said.name, shift: said.shift_code, me: false }
  const now = { ...old, in_at: Date.parse(said.in_at), out_at: said.out_at ? Date.parse(said.out_at) : null }
  const others = found.kit.others.filter((/** @type {any} */ each) => each.no !== no)
  wx.setStorageSync(LISTS, { ...lists(), [activity]: { ...found, kit: { ...found.kit, people: [...rest, now], others } } })
}

/** @returns {any[]} the activities whose lists are on this phone */
const taken = () => Object.keys(lists()).map(of).filter(Boolean).map(({ kit }) => kit.activity)

/** @param {string} token */
const bearer = (token) => ({ Authorization: `Bearer ${token}` })

/** Fetch the list, or a newer one. Without a network the old one stays. @param {string} activity */
const take = async (activity) => {
  const old = of(activity)
  const asked = Date.now()
  if (old) {
    try {
      return keepList(activity, old.token, await call('GET', '/offline/kit', null, bearer(old.token)), asked)
    } catch (error) {
      if (asProblem(error).passing && asProblem(error).kind !== 'login') return
      forget(activity) // taken back, or over: a new one
    }
  }
  const { url } = await api.post('/activities/{code}/offline-kits', { code: activity })
  const token = await secret()
  const link = url.slice(url.lastIndexOf('/') + 1)
  keepList(activity, token, await twice(() => call('POST', '/offline/open', { link, secret: token }, {})), asked)
}

/** @param {string} activity how many are not brought yet; of all activities where none is named */
const unsent = (activity = '') => scans().filter((each) => !each.answer && (!activity || each.activity === activity))

/**
 * Keep one scan or mark; answers it, or the one that waits already of the same person, shift and direction. What was
 * brought does not count: it may have been refused or taken back since.
 * @param {string} activity
 * @param {{ kind: 'person' | 'list', direction: 'in' | 'out', shift: string, code?: string, person?: string, no: string, name: string }} what
 * @returns {{ scan: Scan, again: boolean }}
 */
const keep = (activity, what) => {
  const { kit, offset } = of(activity)
  const before = unsent(activity).find((each) => each.direction === what.direction && each.shift === what.shift &&
    (what.no ? each.no === what.no : each.code === what.code))
  if (before) return { scan: before, again: true }
  const scan = {
    ...what, nonce: nonce(), device_at: Date.now(), offset, kit: kit.kit, activity, answer: null,
  }
  put([...scans(), scan])
  return { scan, again: false }
}

/** @type {Promise<void> | null} */
let bringing = null
/** @type {(() => void) | null} the page that shows what waits */
let watcher = null

/** @param {(() => void) | null} act called whenever something was brought */
const watch = (act) => { watcher = act }

/** Bring what waits; quietly where there is no network. @returns {Promise<void>} */
const bring = () => {
  const done = () => { bringing = null }
  bringing = bringing || bringAll().finally(done)
  return bringing
}

const bringAll = async () => {
  const all = lists()
  let failed = null
  const waiting = [...new Set(unsent().map((each) => each.activity))]
  for (const activity of waiting) {
    const list = all[activity] || Object.values(all)[0] // another list of the same leader brings them, too
    if (list) await bringOf(activity, list.token).catch((error) => { failed = error })
  }
  if (failed) throw failed
  await tidy()
  if (waiting.length && watcher) watcher()
}

/** All brought, nothing to read, the activity over: the list leaves this phone by itself. */
const tidy = async () => {
  for (const [activity, { kit, offset }] of Object.entries(lists())) {
    const over = Date.now() + offset > kit.activity.ends_at + AFTER
    if (over && !unsent(activity).length && !odd(activity).length) await drop(activity)
  }
}

/** @param {string} activity @param {string} token */
const bringOf = async (activity, token) => {
  for (;;) {
    const waiting = unsent(activity)
    if (!waiting.length) return
    const piece = waiting.filter((each) => each.kit === waiting[0].kit).slice(0, PIECE)
    const header = { ...bearer(token), 'Idempotency-Key': `bring-${piece[0].nonce}-${piece.length}` }
    const body = { kit: piece[0].kit, items: piece.map(plain), sent: { device: Date.now() } }
    const { answers } = await twice(() => call('POST', '/offline/scans', body, header))
    const said = Object.fromEntries(answers.map((/** @type {any} */ each) => [each.nonce, each]))
    put(scans().map((each) => (said[each.nonce] ? { ...each, answer: said[each.nonce] } : each)))
  }
}

/** @param {Scan} scan as the server reads it */
const plain = (scan) => ({
  nonce: scan.nonce, kind: scan.kind, direction: scan.direction, device_at: scan.device_at, offset: scan.offset,
  shift: scan.shift, ...(scan.code ? { code: scan.code } : {}), ...(scan.person ? { person: scan.person } : {}),
})

/** What was brought and is not simply right, for the leader to read. @param {string} activity */
const odd = (activity) =>
  scans().filter((each) => each.activity === activity && each.answer && !['accepted', 'duplicate', 'corrected'].includes(each.answer.outcome))

/** He has read what became of them. @param {string} activity */
const read = (activity) => put(scans().filter((each) => each.activity !== activity || !each.answer))

/** The list leaves this phone. @param {string} activity */
const drop = async (activity) => {
  const list = of(activity)
  if (!list) return
  await call('POST', '/offline/done', null, bearer(list.token)).catch(() => null)
  forget(activity)
  read(activity)
}

/** Nothing of mine stays on a phone that I log out of, but the scans: they are other people's hours. */
const clear = () => wx.removeStorageSync(LISTS)

module.exports = { bring, clear, drop, keep, learn, odd, of, read, scans, take, taken, unsent, watch }
