// Opening and leaving: cold start, coming back with a page and a query, going to the background.
const { mp, error, onError } = require('./report')
const modules = require('./modules')
const { asGesture } = require('./backend')
const pages = require('./pages')
const navigation = require('./navigation')
const { signal } = require('./signals')

const FROM_LIST = 1001

let entered = { path: '', query: {}, scene: FROM_LIST, referrerInfo: {} }
let launched = entered
let inFront = false

function callApp(name, options) {
  try {
    modules.getApp()[name]?.(options)
  } catch (cause) {
    error(`app ${name}`, cause)
  }
}

/** What the address or the phone asks to open: { path, query, scene }, a query given as text or as an object. */
function wanted(asked) {
  const { path, query } = navigation.parse(`/${String(asked.path || '').replace(/^\//, '')}`)
  const given = typeof asked.query === 'string' ? navigation.parse(`/x?${asked.query}`).query : asked.query || {}
  return {
    path: path || mp.program.app.pages[0],
    query: { ...query, ...given },
    scene: asked.scene || FROM_LIST,
    referrerInfo: asked.referrerInfo || {},
  }
}

function fromAddress() {
  const text = location.hash.startsWith('#/') ? location.hash.slice(2) : ''
  return { path: text, scene: mp.init.scene }
}

function openPage(options) {
  if (mp.program.app.pages.includes(options.path)) {
    pages.restart(options.path, options.query)
    return
  }
  error(`page "${options.path}" is not found`)
  callApp('onPageNotFound', { path: options.path, query: options.query, isEntryPage: true })
  signal('pageNotFound', { path: options.path, query: options.query, isEntryPage: true })
  if (!pages.stack.length) pages.restart(mp.program.app.pages[0], {})
}

/** Cold start. */
function start() {
  entered = launched = wanted(mp.init.open || fromAddress())
  try {
    modules.loadApp()
  } catch (cause) {
    error('app.js', cause)
  }
  callApp('onLaunch', launched)
  inFront = true
  callApp('onShow', entered)
  signal('appShow', entered)
  openPage(entered)
}

/** The phone opens the running program again, by a card, a message or a code: a page begins anew. */
function open(asked) {
  leave() // whoever taps a card was elsewhere
  entered = wanted(asked)
  inFront = true
  callApp('onShow', entered)
  signal('appShow', entered)
  openPage(entered)
}

/** To the background: another app, or the capsule's round button. */
function leave() {
  if (!inFront) return
  inFront = false
  pages.front(false)
  callApp('onHide', {})
  signal('appHide', {})
}

/** Back from the background as it was. */
function comeBack() {
  if (inFront) return
  inFront = true
  callApp('onShow', entered)
  signal('appShow', entered)
  pages.front(true)
}

document.addEventListener('visibilitychange', () => (document.hidden ? leave() : comeBack()))
window.addEventListener('unhandledrejection', (event) => {
  error('unhandled rejection', event.reason)
  callApp('onUnhandledRejection', { reason: event.reason, promise: event.promise })
  signal('unhandledRejection', { reason: event.reason, promise: event.promise })
})
onError((text) => {
  callApp('onError', text)
  signal('error', { message: text })
})
Object.assign(mp, { open, leave, comeBack, back: () => pages.backFromShell(), asTap: asGesture })

module.exports = { start, launchOptions: () => launched, enterOptions: () => entered }
