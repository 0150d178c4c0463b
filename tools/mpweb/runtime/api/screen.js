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

/** Tells when parts of a component come into sight. The framework's own keeps silent about what is in sight at first. */
class Sight {
  constructor(component, { thresholds = [0], initialRatio = 0, observeAll = false } = {}) {
    Object.assign(this, {
      component,
      thresholds,
      initialRatio,
      observeAll,
      selector: null,
      margin: '0px',
      watching: [],
    })
  }

  relativeTo(selector, margins) {
    this.selector = selector
    this.margin = marginText(margins)
    return this
  }

  relativeToViewport(margins) {
    this.selector = null
    this.margin = marginText(margins)
    return this
  }

  observe(selector, act) {
    const inside = this.component._$.getShadowRoot()
    const found = this.observeAll ? inside.querySelectorAll(selector) : [inside.querySelector(selector)]
    const root = this.selector && inside.querySelector(this.selector)?.$$
    for (const node of found.filter(Boolean)) this.watch(node, root || node.$$.closest('.mp-scroll'), act)
  }

  watch(node, root, act) {
    let first = true
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const ratio = entry.intersectionRatio
          const quiet = first && (ratio === this.initialRatio || !entry.isIntersecting)
          first = false
          if (!quiet) act(sightOf(node, entry))
        }
      },
      { root, rootMargin: this.margin, threshold: this.thresholds },
    )
    watcher.observe(node.$$)
    this.watching.push(watcher)
  }

  disconnect() {
    this.watching.splice(0).forEach((watcher) => watcher.disconnect())
  }
}

function marginText({ top = 0, right = 0, bottom = 0, left = 0 } = {}) {
  return `${top}px ${right}px ${bottom}px ${left}px`
}

function sightOf(node, entry) {
  const plain = ({ left, top, right, bottom, width, height }) => ({ left, top, right, bottom, width, height })
  return {
    id: node.id,
    dataset: node.dataset,
    intersectionRatio: entry.intersectionRatio,
    intersectionRect: plain(entry.intersectionRect),
    boundingClientRect: plain(entry.boundingClientRect),
    relativeRect: plain(entry.rootBounds || entry.boundingClientRect),
    time: entry.time,
  }
}

ComponentCaller.prototype.createIntersectionObserver = function observe(options) {
  return new Sight(this, options)
}

module.exports = {
  createSelectorQuery: () => here().createSelectorQuery(),
  createIntersectionObserver: (component, options) => new Sight(component || here(), options),
  createMediaQueryObserver: (component) => (component || here()).createMediaQueryObserver(),
}
