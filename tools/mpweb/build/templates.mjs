// WXML and WXS to JavaScript, with WeChat's own template compiler; its warnings are errors here.
import { createRequire } from 'node:module'
import { lineAt, resolve } from './source.mjs'

const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler')

/** WXS knows getRegExp and getDate in place of RegExp and Date. */
const WXS_GLOBALS =
  'var getRegExp=function(a,b){return new RegExp(a,b)},' +
  'getDate=function(a){return a===undefined?new Date():new Date(a)};'

/**
 * The JavaScript expression of all templates, path by path.
 * @param {import('./source.mjs').Source} source
 */
export function compileTemplates(source, program) {
  const group = new TmplGroup()
  const done = new Set()
  const addScript = (path) => {
    if (done.has(`${path}.wxs`)) return
    done.add(`${path}.wxs`)
    const code = source.text(`${path}.wxs`)
    group.addScript(path, `${WXS_GLOBALS}${code}`)
    for (const [, to] of code.matchAll(/require\(['"](.+?)\.wxs['"]\)/g)) addScript(resolve(path, to))
  }
  const addTemplate = (path) => {
    if (done.has(path) || !source.has(`${path}.wxml`)) return
    done.add(path)
    const text = source.text(`${path}.wxml`)
    for (const fault of group.addTmpl(path, text) || []) {
      source.problem(`${path}.wxml`, fault.startLine + 1, `column ${fault.startColumn + 1}: ${fault.message}`)
    }
    checkPictures(source, path, text)
    checkCalls(source, path, text)
    follow(source, path, group.getDirectDependencies(path), '.wxml', addTemplate)
    follow(source, path, group.getScriptDependencies(path), '.wxs', addScript)
  }
  for (const path of program.components.keys()) addTemplate(path)
  // The loader of the compiled scripts takes the paths as they are written in require().
  return group
    .getTmplGenObjectGroups()
    .replace("load(normalized.join('/'))", "load(normalized.join('/').replace(/\\.wxs$/, ''))")
}

function follow(source, path, targets, end, add) {
  for (const target of targets) {
    const bare = target.endsWith(end) ? target.slice(0, -end.length) : target
    if (source.has(bare + end)) add(bare)
    else source.problem(`${path}.wxml`, bare.split('/').pop(), `${bare}${end} is not found`)
  }
}

/** Pictures of the package that a template names outright must be there. */
function checkPictures(source, path, text) {
  for (const found of text.matchAll(/<image\b[^>]*?\ssrc="([^"{]+)"/g)) {
    const [, target] = found
    if (/^(https?|data|wxfile):/.test(target) || source.has(resolve(path, target))) continue
    source.problem(`${path}.wxml`, lineAt(text, found.index), `picture ${target} is not found`)
  }
}

/** In an expression only functions of a wxs module can be called; a method of a value is nothing there. */
function checkCalls(source, path, text) {
  const modules = new Set([...text.matchAll(/<wxs\b[^>]*\bmodule="(\w+)"/g)].map(([, name]) => name))
  const scripts = [...text.matchAll(/<wxs\b[^>]*>[\s\S]*?<\/wxs>/g)]
  for (const found of text.matchAll(/\{\{[\s\S]*?\}\}/g)) {
    if (scripts.some((script) => found.index > script.index && found.index < script.index + script[0].length)) continue
    const bare = found[0].replace(/'[^']*'|"[^"]*"/g, "''")
    for (const [call, root] of bare.matchAll(/(?<![\w$.\]])([A-Za-z_$][\w$]*)(?:\.[\w$]+|\[[^\]]*\])*\s*\(/g)) {
      if (modules.has(root)) continue
      source.problem(`${path}.wxml`, lineAt(text, found.index), `${call}…): a template calls only functions of wxs`)
    }
  }
}
