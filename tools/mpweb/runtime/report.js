// `window.__mp`: what went wrong, what was called, the hooks of the phone around the page, and its switches.
// A page may set `window.__mpInit` before this script: { origin, host: {…}, version, fontSize, offline, open: {…} }.
const program = require('program')

const KEPT_CALLS = 500

const init = window.__mpInit || {}

/** What the phone around the page can do; each may be replaced, each may answer a promise. */
const host = {
  /** @returns a login code of this phone's person, as wx.login gets from WeChat */
  login: () => 'code-of-nobody',
  /** @returns the text of a scanned code, or null when the person closes the scanner */
  scan: () => null,
  /** @returns where the phone is, or null */
  location: () => null,
  /** @returns a code that stands for the person's phone number */
  phoneCode: () => 'phone-code-of-nobody',
  /** @returns {template id: accept | reject}, or null: then the page shows WeChat's dialog itself */
  subscribe: () => null,
  /** What the phone is told: the answers of dialogs, and what the program asks of it. */
  tell: () => {},
  ...init.host,
}

const mp = (window.__mp = {
  errors: [],
  warnings: [],
  calls: [],
  host,
  origin: init.origin || new URLSearchParams(location.search).get('origin') || location.origin,
  device: { brightness: 0.5, keepScreenOn: false, clipboard: '', fontSize: init.fontSize || 17 },
  init,
  program,
})

/** Who else hears of errors: the program's own onError. */
const errorListeners = []
let telling = false

/** Note what would be broken in WeChat too; tests ask that the list is empty. */
function error(text, cause) {
  const whole = cause ? `${text}: ${cause.stack || cause.errMsg || cause}` : text
  mp.errors.push(whole)
  console.error(text, cause || '')
  if (!cause || telling) return
  telling = true
  errorListeners.forEach((tell) => tell(whole))
  telling = false
}

/** Note what WeChat would only grumble about. */
function warn(text) {
  mp.warnings.push(text)
  console.warn(text)
}

window.addEventListener('error', (event) => {
  if (event.error || event.message) error('script', event.error || event.message)
})

/** Keep the last calls of interfaces, for tests. */
function called(name, options) {
  mp.calls.push([name, options])
  if (mp.calls.length > KEPT_CALLS) mp.calls.shift()
}

module.exports = { mp, host, error, warn, called, onError: (tell) => errorListeners.push(tell) }
