// How a built-in component is made: an element of its own with, where needed, a real control of the browser inside.
const { space, builtIns, asGesture } = require('../backend')

/** Written on any component: aria-role is `role` in the browser, the others keep their names. */
const ARIA = [
  'Label',
  'Hidden',
  'Disabled',
  'Checked',
  'Expanded',
  'Selected',
  'Live',
  'Labelledby',
  'Describedby',
  'Valuenow',
  'Modal',
  'Current',
  'Haspopup',
  'Level',
]

const host = (self) => self._$.$$
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Write a property on the element, so that style sheets and tests see it. */
function reflect(name) {
  return function write(value) {
    const element = host(this)
    if (value === false || value === undefined || value === null || value === '') element.removeAttribute(name)
    else element.setAttribute(name, value === true ? '' : value)
  }
}

const common = {
  hidden: Boolean,
  hoverClass: null,
  hoverStayTime: { type: Number, value: 400 },
  hoverStartTime: { type: Number, value: 50 },
  hoverStopPropagation: null,
  ariaRole: String,
  ...Object.fromEntries(ARIA.map((name) => [`aria${name}`, null])),
}

const commonObservers = {
  hidden: reflect('hidden'),
  ariaRole(value) {
    if (value) host(this).setAttribute('role', value)
  },
  ...Object.fromEntries(ARIA.map((name) => [`aria${name}`, ariaWriter(`aria-${name.toLowerCase()}`)])),
}

function ariaWriter(attribute) {
  return function write(value) {
    if (value === undefined || value === null || value === '') host(this).removeAttribute(attribute)
    else host(this).setAttribute(attribute, String(value))
  }
}

/** hover-class while a finger rests on the component. */
function hover(self) {
  const element = host(self)
  let timer
  const set = (on) => {
    const name = self.data.hoverClass
    if (name && name !== 'none' && !self.data.disabled)
      for (const each of name.split(' ')) self._$.classList?.toggle(each, on)
  }
  element.addEventListener(
    'touchstart',
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => set(true), self.data.hoverStartTime)
    },
    { passive: true },
  )
  for (const end of ['touchend', 'touchcancel']) {
    element.addEventListener(
      end,
      () => {
        clearTimeout(timer)
        timer = setTimeout(() => set(false), self.data.hoverStayTime)
      },
      { passive: true },
    )
  }
}

/**
 * Define a built-in.
 * @param {string} tag
 * @param {{props?: object, reflects?: string[], created?: Function, attached?: Function, detached?: Function,
 *   observers?: object, methods?: object}} parts
 */
function builtIn(tag, { props = {}, reflects = [], created, attached, detached, observers = {}, methods = {} } = {}) {
  const shown = Object.fromEntries(reflects.map((name) => [name, reflect(kebab(name))]))
  space
    .component(`wx/${tag}`)
    .definition({
      properties: { ...common, ...props },
      observers: { ...commonObservers, ...shown, ...observers },
      methods,
      lifetimes: {
        created() {
          hover(this)
          created?.call(this)
        },
        attached() {
          attached?.call(this)
        },
        detached() {
          detached?.call(this)
        },
      },
    })
    .register()
  builtIns.add(tag)
  const all = space.getComponentSpace()
  all.setGlobalUsingComponent(tag, all.getComponentByUrl(`wx/${tag}`, ''))
}

/** A real control inside the component's element, kept as `this.control`. */
function control(self, tag, type) {
  const made = document.createElement(tag)
  if (type) made.type = type
  host(self).insertBefore(made, host(self).firstChild)
  self.control = made
  return made
}

/** Tell the program; events of built-ins do not bubble. */
function fire(self, name, detail = {}) {
  self._$.triggerEvent(name, detail, { bubbles: false })
}

const onTap = (self, act) => host(self).addEventListener('click', (event) => asGesture(() => act(event)))

/** A component that a finger or a keyboard may press. */
function pressable(self, role) {
  const element = host(self)
  if (!element.hasAttribute('role')) element.setAttribute('role', role)
  element.tabIndex = 0
  element.addEventListener('keydown', (event) => {
    if (event.target !== element || (event.key !== 'Enter' && event.key !== ' ')) return
    event.preventDefault()
    element.click()
  })
}

/** The nearest component around this one with this tag, or null. */
function around(self, tag) {
  for (let each = host(self).parentNode; each; each = each.parentNode) {
    if (each.__wxElement?.is === `wx/${tag}`) return each.__wxElement.getMethodCaller()
  }
  return null
}

/** Components inside this one whose elements match. */
function inside(self, selector) {
  return [...host(self).querySelectorAll(selector)].map((each) => each.__wxElement?.getMethodCaller?.()).filter(Boolean)
}

/** The component with this id in the template in which this one stands. */
const sameTemplate = (self, id) => self._$.ownerShadowRoot?.querySelector(`#${id}`)

/** The page or component in whose template this one stands. */
const ownerPath = (self) => self._$.ownerShadowRoot?.getHostNode()?.is || ''

/** The path of the page that this component is on. */
const pagePath = (self) => host(self).closest('.mp-page')?.getAttribute('is') || ''

module.exports = {
  builtIn,
  control,
  fire,
  host,
  reflect,
  onTap,
  pressable,
  around,
  inside,
  sameTemplate,
  ownerPath,
  pagePath,
}
