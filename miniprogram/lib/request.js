// The calls of the pages: `api.get('/activities/{code}', { code })`, `api.post('/signups', {}, body)`.
//
// The path stands as in /api/v1/openapi.json without its prefix; params fill its {names}, the others become the query.
// Every write carries an Idempotency-Key. A write whose end is not known keeps its key: tapped again, or sent by the
// queue an hour later, it is the same write. The same write twice at once is one call.

const { Problem } = require('./problem')
const session = require('./session')
const { any: call, fill, twice } = require('./wire')

/** Answered without a log-in; who is known is known all the same. */
const OPEN = ['/public/', '/scan-tickets', '/complaints']

/** @type {Record<string, string>} writes whose end is not known yet, and their keys */
const unsure = {}
/** @type {Record<string, Promise<any>>} writes under way */
const underWay = {}

const newKey = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`

/** @param {string} path */
const tokenFor = async (path) => {
  if (!OPEN.some((start) => path.startsWith(start))) return session.token()
  const now = session.kept()
  return now ? now.token : ''
}

/**
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method
 * @param {string} path
 * @param {Record<string, any> | null} body
 * @param {string} key
 */
const send = async (method, path, body, key) => {
  /** @param {string} token */
  const once = (token) => {
    /** @type {Record<string, string>} */
    const header = token ? { Authorization: `Bearer ${token}` } : {}
    if (key) header['Idempotency-Key'] = key
    return twice(() => call(method, path, body, header))
  }
  const token = await tokenFor(path)
  try {
    return await once(token)
  } catch (error) {
    if (error instanceof Problem && error.kind === 'register') session.learn({ registered: false })
    if (!(error instanceof Problem) || error.kind !== 'login') throw error
    return once(await session.renew(token))
  }
}

/**
 * @param {'POST' | 'PUT' | 'DELETE'} method
 * @param {string} template
 * @param {Record<string, any>} [params]
 * @param {Record<string, any> | null} [body]
 * @param {string} [key] of a write that was kept
 */
const write = (method, template, params, body = null, key = '') => {
  const path = fill(template, params)
  const name = `${method} ${path} ${JSON.stringify(body)}`
  if (name in underWay) return underWay[name]
  unsure[name] = key || unsure[name] || newKey()
  const settled = () => { delete underWay[name] }
  underWay[name] = send(method, path, body, unsure[name]).then(
    (answer) => {
      delete unsure[name]
      return answer
    },
    (error) => {
      if (!error.passing) delete unsure[name]
      throw error
    },
  )
  underWay[name].then(settled, settled)
  return underWay[name]
}

/** @typedef {(path: string, params?: Record<string, any>, body?: Record<string, any> | null, key?: string) => Promise<any>} Write */

/** Typed by the server's description (tools/mpweb/check), so that a wrong path, name or field is found before it is run. */
module.exports = /** @type {Api & { newKey(): string }} */ (/** @type {any} */ ({
  newKey,
  /** @param {string} path @param {Record<string, any>} [params] */
  get: (path, params) => send('GET', fill(path, params), null, ''),
  /** @type {Write} */
  post: (path, params, body, key) => write('POST', path, params, body, key),
  /** @type {Write} */
  put: (path, params, body, key) => write('PUT', path, params, body, key),
  /** @param {string} path @param {Record<string, any>} [params] @param {string} [key] */
  del: (path, params, key) => write('DELETE', path, params, null, key),
}))
