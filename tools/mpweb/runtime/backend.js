// WeChat's component framework on the browser's document: host tags, rpx in styles, events, long press.
const glassEasel = require('glass-easel')
const adapter = require('glass-easel-miniprogram-adapter')
const { error, warn } = require('./report')

const LONG_PRESS = 350
/** Events the browser itself fires for us; input, change, scroll … come from the built-in components. */
const NATIVE = /^(touch|transition|animation)/

/** Tags that are built-in components; `<input>` becomes the element `<wx-input>` with a real control in it. */
const builtIns = new Set()
/** True while a handler of a tap runs: some interfaces answer only then. */
const gesture = { now: false }

const backend = new glassEasel.CurrentWindowBackendContext()
const env = new adapter.MiniProgramEnv()
const space = env.createCodeSpace('', true)
const associated = env.associateBackend(backend)

/** Ids stay as they are written: style sheets of pages and aria-labelledby name them. */
const prepare = space.prepareComponentOptions
space.prepareComponentOptions = function plainIds(...values) {
  const [options, isolation] = prepare.apply(this, values)
  return [{ ...options, writeIdToDOM: true, idPrefixGenerator: null }, isolation]
}

glassEasel.globalOptions.throwGlobalError = false
glassEasel.addGlobalErrorListener((cause, where) => {
  error(`${where?.element?.is || 'component'} ${where?.methodName || ''}`.trim(), cause)
  return false
})
glassEasel.addGlobalWarningListener((text) => {
  warn(String(text?.message || text))
  return false
})

/** Lengths in a style attribute: rpx as shares of the width, vh and vw as shares of the page. */
function units(style) {
  return String(style)
    .replace(/(-?\d*\.?\d+)rpx\b/g, (_, number) => `calc(${number} * var(--rpx))`)
    .replace(/(-?\d*\.?\d+)v([hw])\b/g, '$1cq$2')
}

function hostTag(tag) {
  if (builtIns.has(tag)) return `wx-${tag}`
  return tag.includes('-') || tag === 'slot' ? tag : `x-${tag}`
}

backend.document = {
  createElement(tag) {
    const made = document.createElement(hostTag(tag))
    const set = made.setAttribute.bind(made)
    made.setAttribute = (name, value) => set(name, name === 'style' ? units(value) : value)
    return made
  },
  createTextNode: (text) => document.createTextNode(text),
  createDocumentFragment: () => document.createDocumentFragment(),
}

const listen = backend.setListenerStats.bind(backend)
backend.setListenerStats = (element, type, ...rest) => {
  if (NATIVE.test(type)) listen(element, type, ...rest)
}
backend.getContext = (element, done) => done(element.__canvas || null)

/** Let code run as the handler of a tap does, until the browser has nothing else to do. */
function asGesture(act) {
  gesture.now = true
  setTimeout(() => (gesture.now = false))
  return act()
}

function touches(list) {
  const page = ({ identifier, clientX, clientY, pageX, pageY }) => ({ identifier, clientX, clientY, pageX, pageY })
  return [...(list || [])].map(page)
}

function dispatch(target, type, detail, options) {
  const event = new glassEasel.Event(type, detail, options)
  glassEasel.Event.dispatchEvent(target, event)
  return event.getEventBubbleStatus()
}

backend.onEvent((target, type, detail, options) => {
  if (type === 'tap' && target.$$?.closest?.('wx-button[disabled]')) return 0
  const { originalEvent } = options
  const extraFields = {
    touches: touches(originalEvent?.touches),
    changedTouches: touches(originalEvent?.changedTouches),
  }
  const go = () => dispatch(target, type, detail, { ...options, extraFields })
  return type === 'tap' ? asGesture(go) : go()
})

/**
 * A tap is over when the finger leaves; the browser's click comes after it, and would hit what the tap has just put there
 * (a dialog, the next page). Such a click is nobody's.
 */
function swallowLateClicks() {
  let touched = null
  document.addEventListener('touchend', (event) => (touched = event.target), { capture: true, passive: true })
  document.addEventListener(
    'click',
    (event) => {
      if (event.pointerType !== 'touch' || event.target === touched) return
      event.stopImmediatePropagation()
      event.preventDefault()
    },
    { capture: true },
  )
}
swallowLateClicks()

/** The component framework's node for an element of the document, or for the nearest one around it. */
function nodeAt(element) {
  let each = element
  while (each && !each.__wxElement) each = each.parentNode
  return each?.__wxElement || null
}

function watchLongPress(down, ends) {
  let timer
  const start = (event) => {
    clearTimeout(timer)
    const node = nodeAt(event.target)
    if (!node) return
    const press = () => dispatch(node, 'longpress', {}, { bubbles: true, composed: true, capturePhase: true })
    timer = setTimeout(press, LONG_PRESS)
  }
  const passive = { capture: true, passive: true }
  document.addEventListener(down, start, passive)
  ends.forEach((end) => document.addEventListener(end, () => clearTimeout(timer), passive))
}
watchLongPress('touchstart', ['touchend', 'touchmove', 'touchcancel'])
watchLongPress('mousedown', ['mouseup', 'mousemove'])

module.exports = { glassEasel, adapter, space, associated, builtIns, gesture, asGesture, units, nodeAt }
