// A person's code, or a tick on the list, becomes a check-in or check-out: at the server, or kept on this phone.
//
// The server says what it came to. Where it does not answer, this phone only knows whose code it is and whether it is over; it
// keeps the code itself, and the server judges it when it comes (signature, revocations, time).

const offline = require('../../lib/offline')
const { Problem, asProblem } = require('../../lib/problem')
const api = require('../../lib/request')
const { clock, duration } = require('../../lib/text')

const PAUSE = 60 * 1000 // after a call that got nowhere, scans are kept at once: nobody waits in the rain
const PATIENCE = 5 * 1000 // with a list on the phone nobody waits longer; the call may still arrive, twice is once
let quietUntil = 0

const WORDS = /** @type {Record<string, string>} */ ({ in: '签到', out: '签退' })

/** @typedef {'in' | 'out'} Direction */
/** said: the server's answer, where it gave one @typedef {{ ok: boolean, kept: boolean, title: string, words: string, said?: any }} Result */

/** @param {any} said @param {Direction} direction @returns {Result} */
const accepted = (said, direction) => {
  const times = said.out_at
    ? `${clock(said.in_at)} 签到，${clock(said.out_at)} 签退，服务 ${duration(said.minutes)}。`
    : `${clock(said.in_at)} 签到。`
  const title = said.outcome === 'repeat' ? `${said.name} 已经${WORDS[direction]}过了` : `${said.name} ${WORDS[direction]}成功`
  return { ok: true, kept: false, title, words: times, said }
}

/** @param {string} activity @param {string} no @param {any} said @param {Direction} direction */
const done = (activity, no, said, direction) => {
  offline.learn(activity, no, said)
  bring() // the line is back
  return accepted(said, direction)
}

/** @returns {Promise<never>} */
const late = () => new Promise((_, fail) => setTimeout(() => fail(new Problem('net')), PATIENCE))

/**
 * The server's word, or null where it does not answer and this phone may keep it.
 * @param {string} activity
 * @param {() => Promise<any>} write
 */
const online = async (activity, write) => {
  const list = offline.of(activity)
  if (list && Date.now() < quietUntil) return null
  try {
    return await (list ? Promise.race([write(), late()]) : write())
  } catch (error) {
    if (!asProblem(error).silent || !list) throw error
    quietUntil = Date.now() + PAUSE
    return null
  }
}

/** The network is back, or the leader tries again. */
const awake = () => { quietUntil = 0 }

wx.onNetworkStatusChange(({ isConnected }) => {
  if (isConnected) awake()
})

/**
 * @param {{ activity: string, shift: string, direction: Direction }} where
 * @param {string} code a person's own code or card
 * @returns {Promise<Result>}
 */
const scanned = async ({ activity, shift, direction }, code) => {
  const body = { code, shift_code: shift, direction }
  const said = await online(activity, () => api.post('/attendance/person-scans', {}, body))
  if (said) return done(activity, code.startsWith('v1.') ? code.split('.')[1] : '', said, direction)
  const found = whose(activity, code)
  if (found.refused) return { ok: false, kept: false, title: `没有${WORDS[direction]}`, words: found.refused }
  return kept(activity, { kind: 'person', direction, shift, code, no: found.no, name: found.name })
}

/**
 * @param {{ activity: string, shift: string, direction: Direction }} where
 * @param {{ no: string, name: string }} person
 * @returns {Promise<Result>}
 */
const ticked = async ({ activity, shift, direction }, { no, name }) => {
  const body = { shift_code: shift, public_no: no, direction }
  const said = await online(activity, () => api.post('/attendance/ticks', {}, body))
  if (said) return done(activity, no, said, direction)
  return kept(activity, { kind: 'list', direction, shift, person: no, no, name })
}

const bring = () => { offline.bring().catch(() => {}) }

/** @param {string} activity @param {any} what @returns {Result} */
const kept = (activity, what) => {
  const { scan, again } = offline.keep(activity, what)
  setTimeout(bring, PAUSE) // a line that hung tells nobody that it is back
  const name = what.name || '这个人'
  const at = clock(scan.device_at + scan.offset)
  if (again) return { ok: true, kept: true, title: `${name} 已经记过了`, words: `${at} ${WORDS[what.direction]}，存在这部手机里。` }
  const unknown = what.name ? '' : '名单上没有这个码，连上了由系统认是谁。'
  return { ok: true, kept: true, title: `${name} ${WORDS[what.direction]}，先记下了`, words: `${at}。${unknown}现在连不上，连上了自动送出。` }
}

/**
 * Whose code this is, as far as this phone can tell: v1.number.expiry.issued.signature.
 * @param {string} activity
 * @param {string} code
 * @returns {{ no: string, name: string, refused: string }}
 */
const whose = (activity, code) => {
  const { kit: list, offset } = offline.of(activity)
  const parts = code.split('.')
  if (parts[0] !== 'v1') return { no: '', name: '', refused: '' } // a card: the server knows whose
  const no = parts[1]
  const found = [...list.people, ...list.others].find((each) => each.no === no)
  const name = found ? found.name : ''
  if (found && found.me) return { no, name, refused: '不能给自己签。请副队长、别的负责人给您签。' }
  if (Date.now() + offset > parseInt(parts[2], 16) * 1000) {
    return { no, name, refused: `${name || '这个人'}的码过了有效期。请在名单上找到名字，点一下签到。` }
  }
  const since = list.revoked[no]
  if (since && parseInt(parts[3] || '0', 16) * 1000 < since) {
    return { no, name, refused: `${name || '这个人'}的这个码已经作废。请看看是不是本人，是本人就在名单上点名字。` }
  }
  return { no, name, refused: '' }
}

module.exports = { awake, scanned, ticked, WORDS }
