// setData as WeChat judges it: what is too big is refused, undefined is named, a page that is gone hears nothing.
const { adapter } = require('./backend')
const { error, warn } = require('./report')

/** WeChat carries data between two threads; more than this in one call is refused. */
const MOST_KB = 256

const { ComponentCaller } = adapter.component
const plain = ComponentCaller.prototype.setData

function kilobytes(text) {
  return text.length * 3 < MOST_KB * 1024 ? 0 : Math.ceil(new TextEncoder().encode(text).length / 1024)
}

/** Roots of pages that were unloaded: answers that arrive late are for nobody. */
const gone = new WeakSet()

function isGone(component) {
  let each = component
  while (each.ownerShadowRoot) each = each.ownerShadowRoot.getHostNode()
  return gone.has(each)
}

ComponentCaller.prototype.setData = function setData(data, callback) {
  const { is } = this._$
  if (isGone(this._$)) return undefined
  if (!is.startsWith('wx/')) {
    const size = kilobytes(JSON.stringify(data || {}))
    if (size > MOST_KB) {
      const text = `${is} setData: ${size} KB in one call, WeChat carries ${MOST_KB} KB`
      error(text)
      throw new Error(text)
    }
    for (const [name, value] of Object.entries(data || {})) {
      if (value === undefined) warn(`${is} setData: field "${name}" is set to undefined`)
    }
  }
  return plain.call(this, data, callback)
}

module.exports = { forget: (root) => gone.add(root.getComponent()) }
