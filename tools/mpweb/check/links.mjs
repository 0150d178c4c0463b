// Names that only a tap would try: the page of an address and what it reads of it, data-… of an element and who takes it.
import { lineAt, resolve } from '../build/source.mjs'
import { choices, elements } from './markup.mjs'

const KEYS = {
  app: 'pages subPackages subpackages window tabBar usingComponents style lazyCodeLoading __usePrivacyCheck__ sitemapLocation ' +
    'requiredPrivateInfos permission preloadRule networkTimeout debug componentFramework rendererOptions entryPagePath darkmode',
  page: 'navigationBarTitleText usingComponents enablePullDownRefresh component navigationStyle backgroundColor backgroundTextStyle ' +
    'navigationBarBackgroundColor navigationBarTextStyle disableScroll onReachBottomDistance pageOrientation styleIsolation componentGenerics',
}
/** What every page reads of its address: lib/opening.js. */
const ALWAYS = ['q', 'scene']

/** @param {Set<string>} codes of refusals @returns {{file: string, line: number, message: string}[]} */
export function checkLinks(source, program, codes) {
  const problems = []
  const say = (file, at, message) => problems.push({ file, line: typeof at === 'number' ? lineAt(source.text(file), at) : source.lineOf(file, at), message })
  const reads = new Map(program.pages.map((page) => [page, queryOf(source, page)]))
  const tabs = new Set((program.app.tabBar?.list || []).map((tab) => tab.pagePath))
  for (const file of source.packed().filter((name) => /\.(js|wxml)$/.test(name))) {
    const text = source.text(file)
    checkAddresses(file, text, program, { reads, tabs, say })
    if (!file.endsWith('.js')) continue
    checkHabits(file, text, say)
    for (const found of text.matchAll(/\b(?:error|problem)\.code\s*[=!]==\s*'(\w+)'/g)) {
      if (!codes.has(found[1])) say(file, found.index, `${found[1]}: no refusal of the server's has this code`)
    }
  }
  for (const path of program.components.keys()) if (source.has(`${path}.wxml`)) checkData(source, path, say)
  checkPages(source, program, say)
  return problems
}

/** The names that a page reads of its query. */
function queryOf(source, page) {
  const code = ['js', 'wxml'].filter((end) => source.has(`${page}.${end}`)).map((end) => source.text(`${page}.${end}`)).join('\n')
  const taken = [...code.matchAll(/\{([^{}]*)\}\s*=\s*this\.query\b/g)].flatMap(([, names]) => names.split(',').map((name) => name.split(':')[0].trim()))
  return new Set([...ALWAYS, ...taken, ...[...code.matchAll(/\bquery\.(\w+)/g)].map(([, name]) => name)])
}

function checkAddresses(file, text, program, { reads, tabs, say }) {
  const roots = ['pages', ...program.roots].join('|')
  for (const found of text.matchAll(new RegExp(`(['"\`>])/((?:${roots})/[\\w-]+/[\\w-]+)(?:\\?([^'"\`<\\s]*))?(?=['"\`<\\s])`, 'g'))) {
    const [, , page, query] = found
    const known = reads.get(page)
    if (!known) {
      say(file, found.index, `there is no page ${page}`)
      continue
    }
    if (query === undefined) continue
    if (tabs.has(page)) say(file, found.index, `${page} is a tab: what stands behind ? is lost`)
    for (const name of query.split('&').map((each) => each.split('=')[0]).filter((each) => /^\w+$/.test(each))) {
      if (!known.has(name)) say(file, found.index, `${page} reads no ${name} of its address`)
    }
  }
  for (const found of text.matchAll(/\bwx\.(navigateTo|redirectTo|switchTab)\(\{\s*url:\s*['"`]\/([\w/-]+)/g)) {
    const tab = tabs.has(found[2])
    if (tab && found[1] !== 'switchTab') say(file, found.index, `wx.${found[1]}: ${found[2]} is a tab, and only switchTab opens it`)
    if (!tab && found[1] === 'switchTab') say(file, found.index, `wx.switchTab: ${found[2]} is no tab`)
  }
}

/** What is written easily and goes wrong on some phones, or on none but one's own. */
function checkHabits(file, code, say) {
  const HABITS = [
    [/\bconsole\.(log|info|debug)\s*\(|\bdebugger\b/g, 'what was for looking is to go before others get it'],
    [/\bIntl\.|\.toLocale(Date|Time)?String\(/g, 'phones differ in toLocaleString and Intl, some know none: lib/text.js says moments'],
    [/(?:=\s*wx\b(?!\.)|\bwx\[|\(\s*wx\s*[,)])/g, 'wx by name only (wx.x), so that the checks see what is used'],
    [/\bevent\.target\b/g, 'event.target is what lies under the finger: event.currentTarget has the data-…'],
    [/\bsetTimeout\(\s*['"`]/g, 'a text is no function'],
  ]
  const bare = code.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, (text) => text.replace(/[^\n]/g, ' '))
  for (const [pattern, message] of HABITS) for (const found of bare.matchAll(pattern)) say(file, found.index, message)
}

/** data-… of the template against the dataset of the script, and the fields that are written by their name. */
function checkData(source, path, say) {
  const text = source.text(`${path}.wxml`)
  const code = source.has(`${path}.js`) ? withOwn(source, path) : ''
  const list = [...elements(text), ...imported(source, path, text)]
  const given = new Set(list.flatMap((one) => [...one.attributes.keys()]).filter((name) => name.startsWith('data-')).map(camel))
  const reads = [
    ...[...code.matchAll(/\bdataset\.(\w+)/g)].map((found) => ({ name: found[1], at: found.index })),
    ...[...code.matchAll(/\{([^{}]*)\}\s*=\s*event\.currentTarget\.dataset\b/g)].flatMap((found) =>
      found[1].split(',').map((name) => ({ name: name.split(':')[0].trim(), at: found.index })).filter(({ name }) => name && !name.startsWith('...'))),
  ]
  const whole = /(\.\.\.|[(,] ?|[\w$] = |return )event\.currentTarget\.dataset(?![.\w[])|\.\.\.\w+ \} = event\.currentTarget\.dataset/.test(code)
  for (const { name, at } of reads) {
    if (!given.has(name) && at < source.text(`${path}.js`).length) say(`${path}.js`, at, `no element of the template has data-${name}`)
  }
  const known = new Set(reads.map(({ name }) => name))
  for (const one of list.filter((each) => !each.from)) {
    for (const [name, value] of one.attributes) {
      if (!name.startsWith('data-')) continue
      if (!known.has(camel(name)) && !whole) say(`${path}.wxml`, one.at, `nobody reads ${name}`)
      if (!['data-field', 'data-name'].includes(name) || !/^\w+$/.test(value || '')) continue
      const braces = [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].map(([, words]) => words).join(' ')
      if (!new RegExp(`\\b${value}\\b`).test(`${code} ${braces}`)) say(`${path}.wxml`, one.at, `${name}="${value}": the page knows no ${value}`)
    }
  }
  const ids = new Set(list.map((one) => one.attributes.get('id')).filter(Boolean))
  for (const found of code.matchAll(/\bselector:\s*['"`]#([\w-]+)['"`]/g)) if (!ids.has(found[1])) say(`${path}.js`, found.index, `nothing in the template has id="${found[1]}"`)
}

const camel = (name) => name.slice('data-'.length).replace(/-(\w)/g, (_, letter) => letter.toUpperCase())

/** The script, and behind it those of its own folder's package that it requires: handlers may stand there. */
function withOwn(source, path) {
  const code = source.text(`${path}.js`)
  const more = [...code.matchAll(/\brequire\(\s*['"](.+?)['"]\s*\)/g)].map(([, to]) => `${resolve(path, to).replace(/\.js$/, '')}.js`)
  return [code, ...more.filter((file) => source.has(file) && !file.startsWith('lib/')).map((file) => source.text(file))].join('\n')
}

function imported(source, path, text) {
  return [...text.matchAll(/<(?:import|include)\s+src="([^"]+)"/g)].map(([, to]) => resolve(path, to)).filter((file) => source.has(file))
    .flatMap((file) => elements(source.text(file)).map((one) => ({ ...one, from: file })))
}

/** Keys of the JSON files, a title on every page, one name in the cache for one page, words of open handlers. */
function checkPages(source, program, say) {
  const unknown = (file, keys) => {
    const json = source.has(file) ? source.json(file) : {}
    for (const key of Object.keys(json)) if (!keys.split(' ').includes(key)) say(file, `"${key}"`, `${key} is no setting that WeChat knows here`)
    return json
  }
  unknown('app.json', KEYS.app)
  const caches = new Map()
  for (const [path, { page }] of program.components) {
    const { navigationBarTitleText: title } = unknown(`${path}.json`, KEYS.page)
    if (!page) continue
    if (!title && path !== program.pages[0]) say(`${path}.json`, 1, 'a page without a title: navigationBarTitleText')
    const name = source.has(`${path}.js`) && /\bcache:\s*'([\w-]+)'/.exec(source.text(`${path}.js`))
    if (!name) continue
    if (caches.has(name[1])) say(`${path}.js`, name.index, `${caches.get(name[1])} keeps its view under "${name[1]}", too`)
    caches.set(name[1], path)
  }
  const view = source.has('lib/view.js') ? source.text('lib/view.js') : '' // what every page has
  for (const path of program.components.keys()) if (source.has(`${path}.wxml`) && source.has(`${path}.js`)) {
    for (const one of elements(source.text(`${path}.wxml`))) for (const [name, value] of one.attributes) {
      if (!/^(capture-)?(bind|catch|mut-bind):?[a-z]+$/.test(name) || !value) continue
      for (const handler of value.includes('{{') ? choices(value).filter(Boolean) : [value]) {
        if (!methodOf(handler).test(`${withOwn(source, path)}\n${view}`)) say(`${path}.wxml`, one.at, `no method ${handler} in ${path}.js`)
      }
    }
  }
}

/** A method of a page or of a component's `methods`, by where it stands: a name inside one is none. */
const methodOf = (name) => new RegExp(`^ {2}(?: {2})?(?:async )?${name.replace(/\$/g, '\\$')}(?:\\(|: |,$)`, 'm')
