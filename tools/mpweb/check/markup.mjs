// What a template says by itself: tags and attributes that are there, braces where a value is meant, words for who listens.
//
// A misspelt attribute or component is nothing to WeChat: the page only stays without it.
import { lineAt } from '../build/source.mjs'
import { BUILT_INS } from '../build/styles.mjs'

const TAG = /<!--[\s\S]*?-->|<(\/?)([\w-]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>/g
const ATTRIBUTE = /([\w:*-]+)(?:\s*=\s*("[^"]*"|'[^']*'))?/g
const STRUCTURE = new Set(['block', 'template', 'import', 'include', 'slot', 'wxs'])
/** Values that are true whenever something stands there: `disabled="false"` is disabled. */
const VALUES = new Set(['wx:if', 'wx:elif', 'wx:for', 'hidden', 'disabled', 'checked'])
const EVERYWHERE = /^(id|class|style|hidden|slot|wx:\w[\w-]*|data-[\w-]+|mark:\w+|aria-[a-z]+|generic:\w+|(capture-)?(bind|catch|mut-bind):?[a-z]+)$/
const EVENTS = new Set((
  'tap longpress longtap touchstart touchmove touchend touchcancel input change confirm focus blur submit reset scroll ' +
  'scrolltolower scrolltoupper load error scancode getphonenumber getrealtimephonenumber chooseavatar opensetting contact ' +
  'agreeprivacyauthorization transitionend animationend columnchange cancel changing linechange keyboardheightchange'
).split(' '))
/** What the components of WeChat's that we use take beyond that; others are let pass. */
const TAKES = {
  view: 'hover-class hover-stop-propagation hover-start-time hover-stay-time',
  text: 'user-select space decode',
  button: 'size type plain disabled loading form-type open-type hover-class',
  input: 'value type password placeholder placeholder-style placeholder-class disabled maxlength cursor-spacing focus confirm-type ' +
    'confirm-hold adjust-position name always-embed',
  textarea: 'value placeholder placeholder-style placeholder-class disabled maxlength focus auto-height fixed cursor-spacing name ' +
    'adjust-position show-confirm-bar',
  picker: 'mode range range-key value disabled header-text start end fields custom-item level name',
  image: 'src mode webp lazy-load show-menu-by-longpress',
}
const NAMED = new Map(Object.entries(TAKES).map(([tag, names]) => [tag, new Set(names.split(' '))]))

/**
 * The elements of a template in their order; `parent` and `inside` (the text and tags between) as one wants them.
 * @typedef {{ tag: string, at: number, attributes: Map<string, string | undefined>, parent: Element | null, inside: string }} Element
 * @param {string} text
 * @returns {Element[]}
 */
export function elements(text) {
  const found = []
  const open = []
  for (const match of text.matchAll(TAG)) {
    const [whole, closing, tag, said, alone] = match
    if (!tag) continue
    if (closing) {
      const last = open.pop()
      if (last) last.inside = text.slice(last.end, match.index)
      continue
    }
    const attributes = new Map([...said.matchAll(ATTRIBUTE)].map(([, name, value]) => [name, value?.slice(1, -1)]))
    const one = { tag, at: match.index, attributes, parent: open.at(-1) || null, inside: '', end: match.index + whole.length }
    found.push(one)
    if (!alone) open.push(one)
  }
  return found
}

/** The plain words in the braces of a value, but those that are only compared with. */
export function choices(value) {
  return [...value.matchAll(/\{\{([\s\S]*?)\}\}/g)].flatMap(([, code]) =>
    [...code.replace(/[=!]==?\s*'[^']*'/g, '').matchAll(/'([^']*)'/g)].map(([, word]) => word))
}

/** @returns {{file: string, line: number, message: string}[]} */
export function checkMarkup(source, program) {
  const ours = new Map([...program.components].map(([path]) => [path, interfaceOf(source, path)]))
  const problems = []
  for (const [path, { config }] of program.components) {
    if (!source.has(`${path}.wxml`)) continue
    const text = source.text(`${path}.wxml`)
    const say = (at, message) => problems.push({ file: `${path}.wxml`, line: lineAt(text, at), message })
    const known = config.usingComponents || {}
    const own = (source.has(`${path}.json`) ? source.json(`${path}.json`) : {}).usingComponents || {}
    const list = elements(text)
    for (const one of list) {
      const component = known[one.tag] && ours.get(known[one.tag].slice(1))
      if (!known[one.tag] && !BUILT_INS.has(one.tag) && !STRUCTURE.has(one.tag)) say(one.at, `<${one.tag}> is no component of this page`)
      checkAttributes(one, component, say)
      checkWords(one, say)
    }
    for (const tag of Object.keys(own)) {
      if (list.some((one) => one.tag === tag)) continue
      problems.push({ file: `${path}.json`, line: source.lineOf(`${path}.json`, `"${tag}"`), message: `<${tag}> is named and the template does not use it` })
    }
  }
  return problems
}

/** What a component of ours takes and says. */
function interfaceOf(source, path) {
  const code = source.has(`${path}.js`) ? source.text(`${path}.js`) : ''
  const block = /^ {2}properties: \{(?:([^\n]*)\},?$|([\s\S]*?)^ {2}\})/m.exec(code)
  const named = block?.[1] ? block[1].matchAll(/(\w+)\s*:/g) : (block?.[2] || '').matchAll(/^ {4}(\w+)\s*:/gm)
  const properties = new Set([...named].map(([, name]) => name))
  const events = new Set([...code.matchAll(/triggerEvent\(\s*'(\w+)'/g)].map(([, name]) => name))
  const outside = new Set([...code.matchAll(/externalClasses:\s*\[([^\]]*)\]/g)].flatMap(([, names]) => [...names.matchAll(/'([\w-]+)'/g)].map(([, name]) => name)))
  return { properties, events, outside }
}

function checkAttributes(one, component, say) {
  for (const [name, value] of one.attributes) {
    if (VALUES.has(name) && value !== undefined && !/^\s*\{\{[\s\S]*\}\}\s*$/.test(value)) {
      say(one.at, `${name}="${value}": without {{ }} this is a word, and true`)
    }
    const event = /^(?:capture-)?(?:bind|catch|mut-bind):?([a-z]+)$/.exec(name)
    if (event && !EVENTS.has(event[1]) && !component?.events.has(event[1])) say(one.at, `${name}: <${one.tag}> says no such thing`)
    if (EVERYWHERE.test(name)) continue
    const taken = component ? component.properties.has(name) || component.outside.has(name) : !NAMED.has(one.tag) || NAMED.get(one.tag).has(name)
    if (!taken) say(one.at, `${name}: <${one.tag}> takes no such attribute`)
  }
  if (one.attributes.has('wx:for') && !one.attributes.has('wx:key')) say(one.at, 'wx:for without wx:key: what is typed in a list moves to another line')
  const open = one.attributes.get('open-type')
  if (open?.includes('{{') && !choices(open).length) say(one.at, `open-type="${open}": its words must stand here, for the privacy guideline`)
}

/** Who listens to the page hears what can be tapped, and what is to be filled in. */
function checkWords(one, say) {
  const has = (name) => Boolean(one.attributes.get(name))
  const tapped = ['bindtap', 'catchtap', 'bind:tap', 'catch:tap'].some(has)
  const words = (text) => text.replace(/<[^>]*>/g, '').trim()
  if (tapped && ['view', 'text', 'image'].includes(one.tag) && !has('aria-role')) say(one.at, `<${one.tag}> is tapped: aria-role says what it is`)
  if (['input', 'textarea'].includes(one.tag) && !has('aria-label')) say(one.at, `<${one.tag}> without aria-label`)
  if (one.tag === 'picker' && !has('aria-label') && !/aria-label="/.test(one.inside)) say(one.at, '<picker> without aria-label')
  if (one.tag === 'image' && !has('aria-label') && !has('aria-hidden')) say(one.at, '<image> without aria-label or aria-hidden')
  if (one.tag === 'button' && !has('aria-label') && !words(one.inside)) say(one.at, '<button> without words')
}
