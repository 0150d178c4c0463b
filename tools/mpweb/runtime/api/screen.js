// Looking at what is drawn: selector queries, intersection.
const pages = require('../pages')

const here = () => pages.top().caller

/** Canvases: `.node()` answers the thing to draw on. The framework's own query knows it as a context. */
function withNode(query) {
  const prototype = Object.getPrototypeOf(query.select('page'))
  prototype.node ||= function node(done = () => {}) {
    return this.context((found) => done(found))
  }
  const context = prototype.context
  if (!prototype.withNode) {
    prototype.withNode = true
    prototype.context = function both(done = () => {}) {
      return context.call(this, (found) => {
        const each = (one) => one && Object.assign(one, { node: one.context })
        if (Array.isArray(found)) found.forEach(each)
        else each(found)
        done(found)
      })
    }
  }
  return query
}

module.exports = {
  createSelectorQuery: () => withNode(here().createSelectorQuery()),
  createIntersectionObserver: (component, options) => (component || here()).createIntersectionObserver(options),
  createMediaQueryObserver: (component) => (component || here()).createMediaQueryObserver(),
}
