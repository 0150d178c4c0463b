// Reads app.json: pages, sub-packages, tab bar, declared privacy, and the components that pages reach.
import { createRequire } from 'node:module'
import { resolve } from './source.mjs'

/** Interfaces that work only when app.json names them in requiredPrivateInfos. */
const { INFOS, TAKES } = createRequire(import.meta.url)('../runtime/api/takes.js')
export const PRIVATE_INFOS = INFOS
/** What a privacy guideline may name, as platform.json calls it. */
const GUIDELINE = [...new Set(Object.values(TAKES))]
const ICON_BYTES = 40 * 1024

/**
 * The program as the rest of the build needs it.
 * @param {import('./source.mjs').Source} source
 */
export function readProgram(source) {
  const program = { app: {}, pages: [], roots: [], components: new Map(), platform: { privacy: [] } }
  if (!source.has('app.json')) {
    source.problem('app.json', 1, 'missing')
    return program
  }
  program.app = source.json('app.json')
  if (source.has('platform.json')) program.platform = { ...program.platform, ...source.json('platform.json') }
  readPages(source, program)
  checkTabBar(source, program)
  checkPrivacy(source, program)
  for (const page of program.pages) visit(source, program, page, true)
  return program
}

/** The sub-package that a file belongs to ('' for the main package). */
export function packageOf(program, file) {
  return program.roots.find((root) => file.startsWith(`${root}/`)) || ''
}

function readPages(source, program) {
  const { app } = program
  program.pages = [...(app.pages || [])]
  if (!program.pages.length) source.problem('app.json', '"pages"', 'no pages')
  for (const part of app.subPackages || app.subpackages || []) {
    const root = part.root.replace(/^\/|\/$/g, '')
    if (program.roots.includes(root)) source.problem('app.json', `"${part.root}"`, `sub-package ${root} is there twice`)
    program.roots.push(root)
    program.pages.push(...part.pages.map((page) => `${root}/${page}`))
  }
  const seen = new Set()
  for (const page of program.pages) {
    if (seen.has(page)) source.problem('app.json', `"${page}"`, `page ${page} is there twice`)
    seen.add(page)
  }
  for (const page of app.pages || []) {
    const root = packageOf(program, page)
    if (root) source.problem('app.json', `"${page}"`, `page ${page} of the main package lies in sub-package ${root}`)
  }
  for (const [page, rule] of Object.entries(app.preloadRule || {})) {
    if (!seen.has(page)) source.problem('app.json', `"${page}"`, `preloadRule: page ${page} is not found`)
    for (const name of rule.packages || []) {
      if (!program.roots.includes(name)) source.problem('app.json', `"${page}"`, `preloadRule: no sub-package ${name}`)
    }
  }
}

function checkTabBar(source, program) {
  const list = program.app.tabBar?.list
  if (!list) return
  if (list.length < 2 || list.length > 5)
    source.problem('app.json', '"tabBar"', `tabBar has ${list.length} tabs: 2 to 5`)
  for (const tab of list) {
    const at = `"${tab.pagePath}"`
    if (!(program.app.pages || []).includes(tab.pagePath)) {
      source.problem('app.json', at, `tabBar page ${tab.pagePath} is not in pages of the main package`)
    }
    for (const icon of [tab.iconPath, tab.selectedIconPath].filter(Boolean)) {
      if (!source.has(icon)) source.problem('app.json', `"${icon}"`, `tabBar picture ${icon} is not found`)
      else if (!/\.(png|jpe?g)$/.test(icon))
        source.problem('app.json', `"${icon}"`, `tabBar picture ${icon} is no PNG or JPEG`)
      else if (source.size(icon) > ICON_BYTES)
        source.problem('app.json', `"${icon}"`, `tabBar picture ${icon} is over 40 KB`)
    }
  }
}

function checkPrivacy(source, program) {
  for (const name of program.platform.privacy) {
    if (GUIDELINE.includes(name)) continue
    source.problem('platform.json', `"${name}"`, `privacy: ${name} is none of ${GUIDELINE.join(', ')}`)
  }
  const declared = program.app.requiredPrivateInfos || []
  for (const name of declared) {
    if (!PRIVATE_INFOS.includes(name)) {
      source.problem('app.json', `"${name}"`, `requiredPrivateInfos: ${name} is none of ${PRIVATE_INFOS.join(', ')}`)
    }
  }
  const asks = declared.some((name) => /^(getLocation|getFuzzyLocation|startLocation)/.test(name))
  if (asks && !program.app.permission?.['scope.userLocation']?.desc) {
    source.problem(
      'app.json',
      '"requiredPrivateInfos"',
      'permission["scope.userLocation"].desc says why, and is missing',
    )
  }
}

/** Read a page or component and everything it uses. */
function visit(source, program, path, page) {
  if (program.components.has(path)) return
  const config = source.has(`${path}.json`) ? source.json(`${path}.json`) : {}
  const component = { config, page, scope: null }
  program.components.set(path, component)
  for (const end of ['wxml', 'js']) {
    if (!source.has(`${path}.${end}`))
      source.problem(page ? 'app.json' : `${path}.json`, page ? `"${path}"` : 1, `${path}.${end} is missing`)
  }
  if (!page && !config.component) source.problem(`${path}.json`, 1, `"component": true is missing`)
  config.usingComponents = usedComponents(source, program, path, config)
  for (const generic of Object.values(config.componentGenerics || {})) {
    if (generic?.default) generic.default = `/${follow(source, program, path, `${path}.json`, generic.default)}`
  }
  takeOptions(source, path, config)
  const open = ['shared', 'page-shared'].includes(config.styleIsolation)
  if (!page && !open) component.scope = `${letters(program.components.size)}_`
}

function usedComponents(source, program, path, config) {
  const used = {}
  for (const [tag, target] of Object.entries(program.app.usingComponents || {})) {
    used[tag] = `/${follow(source, program, 'app', 'app.json', target)}`
  }
  for (const [tag, target] of Object.entries(config.usingComponents || {})) {
    used[tag] = `/${follow(source, program, path, `${path}.json`, target)}`
  }
  return used
}

/** The path of a component named in a JSON file; visits it. */
function follow(source, program, from, file, target) {
  const path = resolve(from, target)
  const found = [path, `${path}/index`].find((each) => source.has(`${each}.json`))
  if (!found) {
    source.problem(file, `"${target}"`, `component ${target} is not found`)
    return path
  }
  const theirs = packageOf(program, found)
  if (theirs && theirs !== packageOf(program, from)) {
    source.problem(file, `"${target}"`, `component ${target} lies in sub-package ${theirs}, which may not be loaded`)
  }
  visit(source, program, found, false)
  return found
}

/** Style options may stand in the script; the runtime wants them in the JSON. */
function takeOptions(source, path, config) {
  if (!source.has(`${path}.js`)) return
  const code = source.text(`${path}.js`)
  const isolation = /styleIsolation\s*:\s*['"]([\w-]+)['"]/.exec(code)
  if (isolation) config.styleIsolation ??= isolation[1]
  if (/addGlobalClass\s*:\s*true/.test(code)) config.addGlobalClass ??= true
}

function letters(number) {
  const rest = Math.floor(number / 26)
  return (rest ? letters(rest - 1) : '') + String.fromCharCode(97 + (number % 26))
}
