// Looking at what is drawn: selector queries, intersection.
const pages = require('../pages')

const here = () => pages.top().caller

/** The framework's query calls a canvas a context; WeChat calls it a node, on which `.node()` and `fields` ask for it. */
function nameNodes(found) {
  for (const one of [found].flat()) if (one && 'context' in one) one.node = one.context
}

/** Teach a query `node`; its parts share one prototype, so this is done once. */
function withNode(query) {
  const parts = Object.getPrototypeOf(query.selectViewport())
  if (!parts.node) {
    const { fields } = parts
    parts.fields = function fieldsWithNode(wanted, done = () => {}) {
      const all = { ...wanted, context: Boolean(wanted.context || wanted.node) }
      return fields.call(this, all, (found) => {
        nameNodes(found)
        done(found)
      })
    }
    parts.node = function node(done) {
      return this.fields({ node: true }, done)
    }
  }
  return query
}

const { ComponentCaller } = require('../backend').adapter.component
const { createSelectorQuery } = ComponentCaller.prototype
ComponentCaller.prototype.createSelectorQuery = function create() {
  return withNode(createSelectorQuery.call(this))
}

module.exports = {
  createSelectorQuery: () => here().createSelectorQuery(),
  createIntersectionObserver: (component, options) => (component || here()).createIntersectionObserver(options),
  createMediaQueryObserver: (component) => (component || here()).createMediaQueryObserver(),
}
