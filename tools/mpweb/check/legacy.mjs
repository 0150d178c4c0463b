// WeChat's own compilers of templates and styles (wcc, wcsc), which old versions of WeChat still run by. x86-64 only.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { Source } from '../build/source.mjs'

const { wxmlToJs, wxssToJs } = createRequire(import.meta.url)('miniprogram-compiler')

/** @returns {{file: string, line: number, message: string}[]} */
export function checkLegacy(root) {
  if (process.arch !== 'x64') return []
  const source = new Source(root)
  const packed = source.packed()
  const only = (end) => packed.filter((file) => file.endsWith(end))
  const lists = { wxmlList: only('.wxml'), wxsList: only('.wxs') }
  const said = attempt(() => wxmlToJs(root, lists))
  const at = said && /([^\s：:]+\.wxml):(\d+):\d+: (.*)/.exec(said)
  if (said) source.problem(at ? at[1] : 'app.json', at ? Number(at[2]) : 1, `wcc: ${at ? at[3] : said}`)
  // The style compiler does not say where: then sheet by sheet.
  if (attempt(() => wxssToJs(root, { wxssList: only('.wxss') }))) {
    const bad = only('.wxss').filter((file) => fs.statSync(path.join(root, file)).size && attempt(() => wxssToJs(root, { wxssList: [file] })))
    for (const file of bad) source.problem(file, 1, 'wcsc cannot read this style sheet')
    if (!bad.length) source.problem('app.wxss', 1, 'wcsc cannot read the style sheets together')
  }
  return source.problems
}

function attempt(act) {
  try {
    act()
    return ''
  } catch (error) {
    return String(error.message || error).trim()
  }
}
