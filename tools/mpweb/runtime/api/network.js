// wx.request and its like. The declared host is mapped to the server behind this page (__mp.origin).
const { mp, error, called } = require('../report')
const { refusals, Refused } = require('./call')
const { signal, on, off } = require('../signals')
const { keep, blobOf, newPath } = require('./blobs')

/** WeChat knows no PATCH. */
const METHODS = new Set(['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'])
const AT_ONCE = 10
const TIMEOUT = 60_000
const OFFLINE = 'fail errcode:-106 cronet_error_code:-106 error_msg:net::ERR_INTERNET_DISCONNECTED'
const UNREACHED = 'fail errcode:-102 cronet_error_code:-102 error_msg:net::ERR_CONNECTION_REFUSED'

mp.offline = Boolean(mp.init.offline)
let running = 0
const waiting = []

const isOffline = () => mp.offline || !navigator.onLine
const networkType = () => (isOffline() ? 'none' : mp.device.networkType || 'wifi')

/** Cut the net, or give it back; the program hears of it as from the phone. */
mp.setOffline = (off) => {
  const before = networkType()
  mp.offline = Boolean(off)
  tellNetwork(before)
}

function tellNetwork(before) {
  const now = networkType()
  if (now !== before) signal('networkStatusChange', { isConnected: now !== 'none', networkType: now })
}
window.addEventListener('offline', () => tellNetwork(mp.offline ? 'none' : 'wifi'))
window.addEventListener('online', () => tellNetwork('none'))

/** The address behind this page for a URL of the program; hosts that are not declared are refused. */
function mapped(url) {
  const found = /^(\w+):\/\/([^/?#]+)(.*)$/.exec(String(url ?? ''))
  const domains = mp.program.platform.domains
  if (!found) refusals.misuse('fail invalid url')
  if (found[1] !== 'https') refusals.misuse('fail url not in domain list', { errno: 600002 })
  if (domains && !domains.includes(`https://${found[2]}`))
    refusals.misuse('fail url not in domain list', { errno: 600002 })
  return mp.origin + found[3]
}

function withQuery(url, data) {
  if (!data || typeof data !== 'object') return url
  const pairs = Object.entries(data).map(([name, value]) => {
    const text = value !== null && typeof value === 'object' ? JSON.stringify(value) : value
    return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`
  })
  return pairs.length ? `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}` : url
}

function bodyOf(data, type) {
  if (data === undefined || data === null) return undefined
  if (typeof data === 'string' || data instanceof ArrayBuffer) return data
  if (type.includes('x-www-form-urlencoded')) return withQuery('', data).slice(1)
  return JSON.stringify(data)
}

/** Run what waits while fewer than ten are under way. */
function turn() {
  while (running < AT_ONCE && waiting.length) {
    running += 1
    waiting
      .shift()()
      .finally(() => {
        running -= 1
        turn()
      })
  }
}

/** An interface that answers by callbacks only and gives a task in hand. */
function task(name, act) {
  return (given) => {
    const options = given || {}
    called(name, options)
    const stop = new AbortController()
    const progress = []
    const heads = []
    let over = false
    const end = (way, value) => {
      if (over) return
      over = true
      try {
        options[way]?.(value)
      } catch (cause) {
        error(`wx.${name} ${way}`, cause)
      }
      try {
        options.complete?.(value)
      } catch (cause) {
        error(`wx.${name} complete`, cause)
      }
    }
    const lost = (cause) => {
      const known = cause instanceof Refused
      const errMsg = `${name}:${known ? cause.text : `fail ${cause?.message || cause}`}`
      if (!known || cause.misuse) error(errMsg, known ? undefined : cause)
      end('fail', { ...(known ? cause.facts : {}), errMsg })
    }
    waiting.push(() =>
      attempt(() => act(options, { stop, heads, progress })).then(
        (answer) => end('success', { errMsg: `${name}:ok`, ...answer }),
        lost,
      ),
    )
    turn()
    return {
      abort() {
        stop.abort()
        end('fail', { errMsg: `${name}:fail abort` })
      },
      onHeadersReceived: (each) => heads.push(each),
      offHeadersReceived: () => heads.splice(0),
      onProgressUpdate: (each) => progress.push(each),
      offProgressUpdate: () => progress.splice(0),
      onChunkReceived() {},
      offChunkReceived() {},
    }
  }
}

async function attempt(act) {
  return act()
}

async function send(url, init, { stop, timeout }) {
  if (isOffline()) refusals.fail(OFFLINE, { errno: 600003 })
  let late = false
  const timer = setTimeout(() => {
    late = true
    stop.abort()
  }, timeout)
  try {
    const answer = await fetch(url, { ...init, signal: stop.signal, credentials: 'omit', cache: 'no-store' })
    return { answer, body: await answer.blob() }
  } catch {
    if (late) return refusals.fail('fail timeout', { errno: 5 })
    return isOffline() ? refusals.fail(OFFLINE, { errno: 600003 }) : refusals.fail(UNREACHED, { errno: 600001 })
  } finally {
    clearTimeout(timer)
  }
}

function limit(options, kind) {
  return options.timeout || mp.program.app.networkTimeout?.[kind] || TIMEOUT
}

async function request(options, { stop, heads }) {
  const method = String(options.method || 'GET').toUpperCase()
  if (!METHODS.has(method)) refusals.misuse(`fail invalid method ${method}`)
  const headers = { 'content-type': 'application/json' }
  for (const [name, value] of Object.entries(options.header || {})) headers[name.toLowerCase()] = String(value)
  delete headers.referer
  const bare = method === 'GET' || method === 'HEAD'
  const url = bare ? withQuery(mapped(options.url), options.data) : mapped(options.url)
  const body = bare ? undefined : bodyOf(options.data, headers['content-type'])
  const { answer, body: blob } = await send(
    url,
    { method, headers, body },
    { stop, timeout: limit(options, 'request') },
  )
  const header = Object.fromEntries(answer.headers)
  heads.forEach((each) => each({ header, statusCode: answer.status, cookies: [] }))
  const data = await dataOf(blob, options)
  return { data, statusCode: answer.status, header, cookies: [], profile: {} }
}

async function dataOf(blob, { dataType = 'json', responseType = 'text' }) {
  if (responseType === 'arraybuffer') return blob.arrayBuffer()
  const text = await blob.text()
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function uploadFile(options, { stop, progress }) {
  const file = await blobOf(options.filePath)
  if (!file) refusals.fail(`fail file not found ${options.filePath}`)
  const form = new FormData()
  for (const [name, value] of Object.entries(options.formData || {})) form.append(name, value)
  form.append(options.name, file, String(options.filePath).split('/').pop())
  const headers = { ...options.header }
  for (const name of Object.keys(headers)) if (name.toLowerCase() === 'content-type') delete headers[name]
  const init = { method: 'POST', headers, body: form }
  const { answer, body } = await send(mapped(options.url), init, { stop, timeout: limit(options, 'uploadFile') })
  progress.forEach((each) => each({ progress: 100, totalBytesSent: file.size, totalBytesExpectedToSend: file.size }))
  return { statusCode: answer.status, data: await body.text() }
}

async function downloadFile(options, { stop, heads, progress }) {
  const init = { headers: options.header || {} }
  const { answer, body } = await send(mapped(options.url), init, { stop, timeout: limit(options, 'downloadFile') })
  heads.forEach((each) => each({ header: Object.fromEntries(answer.headers) }))
  progress.forEach((each) =>
    each({ progress: 100, totalBytesWritten: body.size, totalBytesExpectedToWrite: body.size }),
  )
  if (options.filePath) {
    await require('./files').store(options.filePath, body)
    return { statusCode: answer.status, filePath: options.filePath }
  }
  return { statusCode: answer.status, tempFilePath: keep(newPath(body.type), body) }
}

module.exports = {
  request: task('request', request),
  uploadFile: task('uploadFile', uploadFile),
  downloadFile: task('downloadFile', downloadFile),
  getNetworkType: require('./call').call('getNetworkType', () => ({
    networkType: networkType(),
    hasSystemProxy: false,
  })),
  onNetworkStatusChange: (act) => on('networkStatusChange', act),
  offNetworkStatusChange: (act) => off('networkStatusChange', act),
  onNetworkWeakChange: (act) => on('networkWeakChange', act),
  offNetworkWeakChange: (act) => off('networkWeakChange', act),
}
