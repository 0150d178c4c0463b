// Style sheets: classes that templates name, variables, properties and units. A misspelt one is nothing, and nobody is told.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import postcss from 'postcss'
import { lineAt } from '../build/source.mjs'
import { choices, elements } from './markup.mjs'

const UNIT = /^(rpx|px|%|em|rem|vh|vw|vmin|vmax|s|ms|deg|turn|fr)$/
/** Every property that a browser knows, by the names TypeScript has of them. */
const PROPERTIES = (() => {
  const text = fs.readFileSync(createRequire(import.meta.url).resolve('typescript/lib/lib.dom.d.ts'), 'utf8')
  const body = /interface CSSStyleDeclaration \{([\s\S]*?)\n\}/.exec(text)[1]
  return new Set([...body.matchAll(/^ {4}(\w+): string;/gm)].map(([, name]) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)))
})()

/** @returns {{file: string, line: number, message: string}[]} */
export function checkLooks(source, program) {
  const problems = []
  const sheets = new Map(source.packed().filter((file) => file.endsWith('.wxss')).map((file) => [file, read(source, file)]))
  const variables = new Set([...sheets.values()].flatMap(({ root }) => declared(root)))
  for (const [file, { root }] of sheets) root?.walkDecls((line) => {
    const say = (message) => problems.push({ file, line: line.source.start.line, message })
    if (!line.prop.startsWith('--') && !PROPERTIES.has(line.prop) && !line.prop.startsWith('-webkit-')) say(`${line.prop}: no such property`)
    for (const [, name] of line.value.matchAll(/var\((--[\w-]+)/g)) if (!variables.has(name)) say(`${name} is set nowhere`)
    const bare = line.value.replace(/"[^"]*"|'[^']*'|url\([^)]*\)|#[0-9a-fA-F]+\b|[\w-]*[A-Za-z_-][\w-]*\(|--[\w-]+/g, ' ')
    for (const [, unit] of bare.matchAll(/(?<![\w-])-?[\d.]+([A-Za-z%]+)/g)) if (!UNIT.test(unit)) say(`${unit} is no unit`)
    for (const [colour, digits] of line.value.matchAll(/#([\w]+)/g)) if (!/^([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/.test(digits)) say(`${colour} is no colour`)
  })
  for (const path of program.components.keys()) {
    if (!source.has(`${path}.wxml`)) continue
    const text = source.text(`${path}.wxml`)
    const known = new Set([...(sheets.get('app.wxss')?.classes || []), ...(sheets.get(`${path}.wxss`)?.classes || [])])
    for (const one of elements(text)) {
      const value = one.attributes.get('class')
      if (!value) continue
      const words = [...value.replace(/\{\{[\s\S]*?\}\}/g, ' \u0000 ').split(/\s+/), ...choices(value).flatMap((each) => each.split(/\s+/))]
      for (const word of words) {
        if (!word || word.includes('\u0000') || known.has(word)) continue
        problems.push({ file: `${path}.wxml`, line: lineAt(text, one.at), message: `class ${word}: no style sheet of this page has it` })
      }
    }
  }
  return problems
}

function read(source, file) {
  try {
    const root = postcss.parse(source.text(file))
    const classes = new Set()
    root.walkRules((rule) => { for (const [, name] of rule.selector.matchAll(/\.([A-Za-z_][\w-]*)/g)) classes.add(name) })
    return { root, classes }
  } catch {
    return { root: null, classes: new Set() } // wcsc says so
  }
}

function declared(root) {
  const found = []
  root?.walkDecls(/^--/, (line) => { found.push(line.prop) })
  return found
}
