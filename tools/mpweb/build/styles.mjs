// WXSS to CSS. One web page holds what are many pages in WeChat, so every rule is kept to its page or component.
import postcss from 'postcss'
import parser from 'postcss-selector-parser'
import path from 'node:path'
import { resolve } from './source.mjs'

/** Tags that are components of WeChat's own: `view` is the element `wx-view` in the browser. */
export const BUILT_INS = new Set(
  (
    'page view text image icon button input textarea picker picker-view picker-view-column switch checkbox ' +
    'checkbox-group radio radio-group form label slider progress scroll-view swiper swiper-item navigator ' +
    'rich-text web-view cover-view cover-image canvas video camera map movable-area movable-view page-container ' +
    'root-portal page-meta navigation-bar'
  ).split(' '),
)

/**
 * The style sheet of the whole program, after the looks of WeChat's own components.
 * @param {import('./source.mjs').Source} source
 */
export function compileStyles(source, program, { base, button }) {
  const sheets = [`@layer base{${base}}`, button, sheet(source, 'app.wxss', {})]
  for (const [name, component] of program.components) {
    const page = component.page ? name : null
    sheets.push(sheet(source, `${name}.wxss`, { scope: component.scope, page, component: !component.page }))
  }
  return sheets.join('\n')
}

function sheet(source, file, where, seen = new Set()) {
  if (!source.has(file) || seen.has(file)) return ''
  seen.add(file)
  let root
  try {
    root = postcss.parse(source.text(file), { from: path.join(source.root, file) })
  } catch (error) {
    source.problem(file, error.line || 1, error.reason || error.message)
    return ''
  }
  const imported = []
  root.walkAtRules('import', (rule) => {
    const target = resolve(file, /['"](.+?)['"]/.exec(rule.params)?.[1] || '')
    if (!source.has(target)) source.problem(file, rule.source.start.line, `${target} is not found`)
    imported.push(sheet(source, target, where, seen))
    rule.remove()
  })
  root.walkAtRules('media', (rule) => {
    rule.params = rule.params.replace(/([\d.]+)rpx/g, (_, number) => `${number / 2}px`)
  })
  root.walkDecls((line) => {
    if (/url\(\s*['"]?(?!data:|https?:)/.test(line.value)) {
      source.problem(file, line.source.start.line, 'a style sheet may not use a picture of the package')
    }
    line.value = units(line.value)
  })
  ownKeyframes(root, file.replace(/\W/g, '-'))
  root.walkRules((rule) => {
    const parent = rule.parent
    if (parent.type === 'atrule' && /keyframes$/.test(parent.name)) return
    try {
      rule.selector = parser((list) => selectors(source, file, rule, list, where)).processSync(rule.selector)
    } catch (error) {
      source.problem(file, rule.source.start.line, `${rule.selector}: ${error.message}`)
    }
  })
  return `${imported.join('')}/* ${file} */\n${root}\n`
}

/** Keyframes belong to the sheet that defines them, or to all when app.wxss does. */
function ownKeyframes(root, sheetName) {
  const mine = new Map()
  root.walkAtRules(/keyframes$/, (rule) => {
    if (sheetName === 'app-wxss') return
    mine.set(rule.params, `${rule.params}--${sheetName}`)
    rule.params = mine.get(rule.params)
  })
  if (!mine.size) return
  root.walkDecls(/^(-webkit-)?animation(-name)?$/, (line) => {
    line.value = line.value.replace(/[\w-]+/g, (word) => mine.get(word) || word)
  })
}

/** rpx are 1/750 of the width; vh and vw are shares of the page, which is less than the browser's window. */
export function units(value) {
  return value
    .replace(/(-?\d*\.?\d+)rpx\b/g, (_, number) => `calc(${number} * var(--rpx))`)
    .replace(/(-?\d*\.?\d+)v([hw])\b/g, '$1cq$2')
}

function selectors(source, file, rule, list, { scope, page, component }) {
  if (component) checkSelectors(source, file, rule, list)
  list.walkTags((tag) => {
    if (BUILT_INS.has(tag.value)) tag.value = `wx-${tag.value}`
  })
  list.walkPseudos((pseudo) => {
    if (pseudo.value !== ':host') return
    pseudo.replaceWith(
      parser.attribute({ attribute: 'wx-host', operator: '=', value: scope || 'app', quoteMark: '"', raws: {} }),
    )
  })
  if (scope) list.walkClasses((name) => void (name.value = `${scope}--${name.value}`))
  if (page) list.each((each) => each.prepend(parser.pseudo({ value: `:where([is="${page}"]) ` })))
}

/** WeChat refuses these in the style sheet of a component. */
function checkSelectors(source, file, rule, list) {
  const refuse = (what) => source.problem(file, rule.source.start.line, `${what} may not be used in a component`)
  list.walkTags((tag) => refuse(`tag selector ${tag.value}`))
  list.walkIds((id) => refuse(`id selector #${id.value}`))
  list.walkAttributes((attribute) => refuse(`attribute selector [${attribute.attribute}]`))
}
