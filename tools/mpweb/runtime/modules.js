// The program's scripts: require, the globals WeChat gives them, and none of the browser's.
const program = require('program')
const sources = require('program/modules')
const templates = require('program/templates')
const { space } = require('./backend')
const { mp, error } = require('./report')
require('./setdata')

/** Names of a browser that a mini-program does not have: they are undefined inside its scripts. */
const ABSENT = (
  'window document self globalThis top parent frames location navigator history screen localStorage ' +
  'sessionStorage indexedDB caches fetch XMLHttpRequest WebSocket EventSource alert confirm prompt ' +
  'Image Audio Blob File FileReader FormData Headers Request Response URL URLSearchParams TextEncoder ' +
  'TextDecoder AbortController AbortSignal CustomEvent Event EventTarget MessageChannel Worker ' +
  'MutationObserver requestAnimationFrame cancelAnimationFrame requestIdleCallback queueMicrotask ' +
  'structuredClone performance crypto atob btoa process Buffer global __mp __mpInit'
).split(' ')

/** iOS cannot read this form of a date; a program that is only tried on Android would not notice. */
const NOT_ON_IOS = /^\d{4}-\d\d?-\d\d? \d/

function checkDate([text]) {
  if (typeof text === 'string' && NOT_ON_IOS.test(text))
    error(`new Date("${text}") is an invalid date on iOS: write 2026/01/31 09:00 or a T`)
}

const CheckedDate = new Proxy(Date, {
  construct(target, values, made) {
    checkDate(values)
    return Reflect.construct(target, values, made)
  },
  get(target, name) {
    if (name !== 'parse') return target[name]
    return (text) => {
      checkDate([text])
      return target.parse(text)
    }
  },
})

const made = {}
const defined = new Set()
let formField

let application = {}
window.App = (options) => (application = options)
window.getApp = () => application
window.requirePlugin = (name) => {
  error(`requirePlugin("${name}"): plugins are not provided`)
  return {}
}

function locate(from, to) {
  const parts = to.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of to.split('/')) {
    if (part === '..') parts.pop()
    else if (part && part !== '.') parts.push(part)
  }
  const path = parts.join('/').replace(/\.js$/, '')
  return [path, `${path}/index`].find((name) => name in sources)
}

/** Run a script of the program once; its exports. */
function load(name) {
  if (made[name]) return made[name].exports
  const module = (made[name] = { exports: {} })
  const require = (to) => {
    const found = locate(name, to)
    if (!found) throw new Error(`module '${to}' is not defined, require args is '${to}' (from ${name}.js)`)
    return load(found)
  }
  require.async = (to) => new Promise((done) => done(require(to)))
  const head = `(function(require,module,exports,Date,${ABSENT.join(',')}){'use strict';`
  const run = (0, eval)(`${head}${sources[name]}\n})\n//# sourceURL=/${name}.js`)
  run(require, module, module.exports, CheckedDate)
  return module.exports
}

/** Define a page or component and all it uses; the script runs now. */
function define(path) {
  if (defined.has(path)) return
  defined.add(path)
  const { config, scope, page } = program.components[path]
  space.addComponentStaticConfig(path, { component: !page, ...config })
  space.addCompiledTemplate(path, { groupList: templates, content: templates[path] })
  if (scope) space.addStyleSheet(path, undefined, scope)
  for (const used of Object.values(config.usingComponents)) define(used.slice(1))
  for (const generic of Object.values(config.componentGenerics || {}))
    if (generic.default) define(generic.default.slice(1))
  space.componentEnv(path, (given) => {
    formField ||= given.Behavior({ properties: { name: String, value: null } })
    const registered = { count: 0 }
    const once = (make) => (options) => {
      registered.count += 1
      return make(withKnownBehaviours(options))
    }
    const before = { Page: window.Page, Component: window.Component, Behavior: window.Behavior }
    const Behavior = (options) => given.Behavior(withKnownBehaviours(options))
    Object.assign(window, { Page: once(given.Page), Component: once(given.Component), Behavior })
    try {
      load(path)
    } catch (cause) {
      error(`${path}.js`, cause)
    } finally {
      Object.assign(window, before)
    }
    if (!registered.count) {
      error(`${path}.js calls neither Page() nor Component()`)
      given.Component({})
    }
  })
}

function withKnownBehaviours(options) {
  if (options?.behaviors) {
    options.behaviors = options.behaviors
      .map((each) => (each === 'wx://form-field' ? formField : each))
      .filter((each) => each && typeof each !== 'string')
  }
  return options
}

/** Run app.js; the object given to App(). */
function loadApp() {
  space.componentEnv('app', (given) => {
    window.Behavior = given.Behavior
    if ('app' in sources) load('app')
  })
  mp.app = application
  return application
}

module.exports = { define, loadApp, getApp: () => application }
