// Who I am to the server: wx.login → POST /session, the token kept on the phone, one log-in at a time.

const { Problem } = require('./problem')
const { call, twice } = require('./wire')

const KEY = 'session'
const LEFT = 'logged-out'
/** @typedef {{ token: string, registered: boolean, name: string }} Session how long it is good the server knows */

/** @type {Promise<Session> | null} */
let entering = null

/** @returns {Session | null} */
const kept = () => wx.getStorageSync(KEY) || null

/** @returns {Promise<string>} */
const loginCode = () =>
  new Promise((resolve, reject) => {
    wx.login({
      success: ({ code }) => (code ? resolve(code) : reject(new Problem('login'))),
      fail: () => reject(new Problem('login')),
    })
  })

/** @returns {Promise<Session>} */
const open = async () => {
  const said = await call('POST', '/session', { code: await loginCode() }, {})
  const session = { token: said.token, registered: said.registered, name: said.name }
  wx.setStorageSync(KEY, session)
  return session
}

/** Whether the person logged out on this phone: nobody is logged in again without his tap. @returns {boolean} */
const left = () => Boolean(wx.getStorageSync(LEFT))

/** 重新登录 */
const comeBack = () => wx.removeStorageSync(LEFT)

/** A code lives five minutes and once; on a slow line it may be over: then with a new one, once. */
const enter = () => {
  if (left()) return Promise.reject(new Problem('left'))
  entering = entering || twice(open).catch((error) => {
    if (error.code === 'login_code_invalid') return open()
    throw error
  })
  const done = () => { entering = null }
  entering.then(done, done)
  return entering
}

/** @returns {Promise<string>} the token, after a log-in where there is none */
const token = async () => (kept() || (await enter())).token

/**
 * The server does not believe this token (revoked, over): another log-in, unless somebody has had one meanwhile.
 * @param {string} refused
 * @returns {Promise<string>}
 */
const renew = async (refused) => {
  const now = kept()
  if (now && now.token !== refused) return now.token
  forget()
  return (await enter()).token
}

let askedAgain = false

/**
 * Whether this WeChat belongs to a registered volunteer; logs in where it is not known. Who was a stranger may have
 * registered in the chat or a browser meanwhile: asked again once each time the program is started.
 * @returns {Promise<boolean>}
 */
const registered = async () => {
  if (left()) return false
  const now = kept()
  if (now && (now.registered || askedAgain)) return now.registered
  askedAgain = true
  return (await enter()).registered
}

/** Whether it has become so just now. @returns {Promise<boolean>} */
const again = async () => (await enter()).registered

/** @param {Partial<Session>} more what has just become true: registered, name */
const learn = (more) => {
  const now = kept()
  if (now) wx.setStorageSync(KEY, { ...now, ...more })
}

const forget = () => wx.removeStorageSync(KEY)

/** Log-out by the person himself. */
const leave = () => {
  forget()
  wx.setStorageSync(LEFT, true)
}

module.exports = { again, comeBack, kept, leave, left, token, renew, registered, learn, forget }
