// Puts `wx` together. What is not in it is noted when a program reaches for it.
const { error } = require('../report')

const parts = {
  ...require('./network'),
  ...require('./session'),
  ...require('./storage'),
  ...require('./files'),
  ...require('./moving'),
  ...require('./feedback'),
  ...require('./media'),
  ...require('./device'),
  ...require('./open'),
  ...require('./privacy'),
  ...require('./screen'),
}

/** Asked by JavaScript itself, not by the program. */
const QUIET = new Set(['then', 'toJSON', 'constructor', 'prototype', '$$typeof', 'nodeType', 'asymmetricMatch'])

/** Schemas such as `button.open-type.getPhoneNumber` are true; functions are true when they are here. */
function canIUse(schema) {
  const [first] = String(schema).split('.')
  return /^[a-z]/.test(first) && (first in parts || first.includes('-') || COMPONENTS.has(first))
}
const COMPONENTS = new Set([
  'button',
  'input',
  'image',
  'canvas',
  'camera',
  'picker',
  'swiper',
  'navigator',
  'textarea',
])

window.wx = new Proxy(
  { ...parts, canIUse },
  {
    get(target, name) {
      if (!(name in target) && typeof name === 'string' && !QUIET.has(name)) error(`wx.${name} is not provided`)
      return target[name]
    },
  },
)
