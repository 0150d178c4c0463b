// A scanned code becomes a check-in or check-out. It is judged when it first reaches the server: for who is not logged in or
// not registered it is kept there as a ticket of ten minutes; without a network it is kept here and sent later.
//
// Nothing says where the person is: the code proves the place.

const api = require('./request')
const queue = require('./queue')
const session = require('./session')
const { clock, duration, moment } = require('./text')

const TICKET = 'ticket'
const LIFE = 10 * 60 * 1000 // after that the server has forgotten it, too; by this phone's own clock, right or wrong

/** @typedef {{ ticket: string, title: string, at: number }} Ticket */

/** @returns {Ticket | null} a scan that waits for log-in or registration */
const waiting = () => {
  const found = wx.getStorageSync(TICKET)
  return found && Math.abs(Date.now() - found.at) < LIFE ? found : null
}

/** @param {string} code @returns {Promise<Ticket>} */
const ticket = async (code) => {
  const said = await api.post('/scan-tickets', {}, { code })
  const kept = { ticket: said.ticket, title: said.title, at: Date.now() }
  wx.setStorageSync(TICKET, kept)
  return kept
}

/**
 * @param {string} code
 * @returns {Promise<{ state: 'done', said: Answer<'POST /attendance/scans'> } | { state: 'register', title: string } | { state: 'kept' }>}
 */
const scanned = async (code) => {
  const now = session.kept()
  if (!now || !now.registered) {
    const held = await ticket(code)
    return (await session.registered()) ? redeem(held) : { state: 'register', title: held.title }
  }
  const body = { code, nonce: api.newKey() }
  const { sent, answer } = await queue.now({ method: 'POST', path: '/attendance/scans', params: {}, body, what: '扫码' })
  return sent ? { state: 'done', said: answer } : { state: 'kept' }
}

/** @param {Ticket} held @returns {Promise<{ state: 'done', said: Answer<'POST /attendance/scans'> }>} */
const redeem = async (held) => {
  try {
    const said = await api.post('/attendance/scans', {}, { ticket: held.ticket })
    wx.removeStorageSync(TICKET)
    return { state: 'done', said }
  } catch (error) {
    if (/** @type {any} */ (error).kind === 'refused') wx.removeStorageSync(TICKET)
    throw error
  }
}

/** @param {Answer<'POST /attendance/scans'>} said the answer to a scan @returns {{ title: string, lines: string[], activity: string }} in words */
const inWords = (said) => {
  const repeat = said.outcome === 'repeat'
  const lines = [`“${said.title}”`]
  if (said.direction === 'in') {
    const until = `${moment(said.ends_at)} 结束，走之前请扫签退码，最晚 ${clock(said.check_out_until)}。`
    lines.push(`${clock(said.in_at)} 签到。`, until)
  } else {
    const minutes = said.class_minutes === null || said.class_minutes === undefined ? said.minutes : said.class_minutes
    const what = minutes === said.class_minutes ? '上课' : '服务'
    lines.push(`${clock(said.in_at)} 签到，${clock(/** @type {string} */ (said.out_at))} 签退。`, `${what} ${duration(minutes)}，等队长确认。`)
  }
  if (said.needs_naming) lines.push('您扫的是海报码，队长点名以后才算数。请跟队长说一声。')
  const done = said.direction === 'in' ? '签到' : '签退'
  return { title: repeat ? `您已经${done}过了` : `${done}成功`, lines, activity: said.activity_code }
}

module.exports = { inWords, redeem, scanned, waiting }
