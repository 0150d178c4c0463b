// One wx.request as a promise: the answer's data, or a Problem. Knows no session; pages use lib/request.js.

const config = require('../config')
const { Problem } = require('./problem')

const PATIENCE = 8000 // milliseconds for one try
const PHOTO = 100000 // characters of a body with a photo in it, which takes its time to go out

/**
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method
 * @param {string} path below /api/v1, filled in
 * @param {Record<string, any> | null} body
 * @param {Record<string, string>} header
 * @returns {Promise<any>}
 */
const call = (method, path, body, header) =>
  new Promise((resolve, reject) => {
    wx.request({
      url: config.base + path,
      method,
      data: body || undefined,
      header: { 'Content-Type': 'application/json', ...header },
      timeout: body && JSON.stringify(body).length > PHOTO ? PATIENCE * 8 : PATIENCE,
      success: (answer) => {
        const { statusCode: status, data } = answer
        const readable = status === 204 || (typeof data === 'object' && data !== null)
        if (status < 300 && readable) resolve(status === 204 ? null : data)
        else reject(problemOf(status, readable ? data : {}))
      },
      fail: () => reject(new Problem('net')),
    })
  })

/**
 * @param {number} status
 * @param {any} said the server's Problem, or {} where it answered no JSON
 */
const problemOf = (status, said) => {
  if (status >= 500 || status < 400 || !said.message) return new Problem('fault', status >= 500 ? said : {}, status)
  if (status === 401) return new Problem('login', { code: said.code }, status)
  if (said.code === 'not_registered') return new Problem('register', said, status)
  return new Problem('refused', said, status)
}

/**
 * Nothing came back, or the server had no time: one more try after a breath.
 * @template T
 * @param {() => Promise<T>} once
 * @returns {Promise<T>}
 */
const twice = (once) =>
  once().catch((error) => {
    const again = error.kind === 'net' || error.status === 503 || error.code === 'in_flight'
    if (!again) throw error
    return new Promise((go) => setTimeout(go, 700)).then(once)
  })

/**
 * An address from its template: {code} from params, the rest of them as the query.
 * @param {string} path
 * @param {Record<string, any>} [params]
 */
const fill = (path, params = {}) => {
  const rest = { ...params }
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    delete rest[name]
    return encodeURIComponent(String(params[name]))
  })
  const query = Object.keys(rest)
    .filter((name) => rest[name] !== undefined && rest[name] !== null && rest[name] !== '')
    .map((name) => `${name}=${encodeURIComponent(String(rest[name]))}`)
  return query.length ? `${filled}?${query.join('&')}` : filled
}

/** Where the path is known as it is written, the server's description checks it (tools/mpweb/check); `any` is for lib/request.js. */
module.exports = { call: /** @type {Wire} */ (/** @type {any} */ (call)), any: call, twice, fill }
