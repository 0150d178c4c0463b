// What the program takes of a person, against what it declares: neither more nor less, since review asks for both.
import { createRequire } from 'node:module'
import { Source, lineAt } from '../build/source.mjs'
import { choices, elements } from './markup.mjs'

const { INFOS, TAKES } = createRequire(import.meta.url)('../runtime/api/takes.js')

/** @returns {{file: string, line: number, message: string}[]} */
export function checkPrivacy(root) {
  const source = new Source(root)
  const used = uses(source)
  const app = source.json('app.json')
  const declared = source.has('platform.json') ? source.json('platform.json').privacy || [] : []
  for (const { file, line, name } of used) {
    if (!declared.includes(TAKES[name])) {
      source.problem(file, line, `${name} takes "${TAKES[name]}", which privacy of platform.json and the guideline in docs/zh/小程序上线.md do not name`)
    }
    if (INFOS.includes(name) && !(app.requiredPrivateInfos || []).includes(name)) {
      source.problem(file, line, `${name} is not named in requiredPrivateInfos of app.json`)
    }
  }
  for (const data of declared) {
    if (!used.some(({ name }) => TAKES[name] === data)) {
      source.problem('platform.json', `"${data}"`, `"${data}" is declared, and nothing takes it: strike it here and in docs/zh/小程序上线.md`)
    }
  }
  for (const info of app.requiredPrivateInfos || []) {
    if (!used.some(({ name }) => name === info)) source.problem('app.json', `"${info}"`, `requiredPrivateInfos: nothing uses ${info}`)
  }
  return source.problems
}

function uses(source) {
  const found = []
  const note = (file, text, pattern) => {
    for (const match of text.matchAll(pattern)) {
      for (const name of match[1].split('|')) if (name in TAKES) found.push({ file, line: lineAt(text, match.index), name })
    }
  }
  for (const file of source.packed()) {
    if (file.endsWith('.js')) note(file, source.text(file), /\bwx\.(\w+)/g)
    if (file.endsWith('.wxml')) {
      note(file, source.text(file), /\bopen-type="(\w+)"/g)
      for (const { at, attributes } of elements(source.text(file))) {
        for (const name of choices(attributes.get('open-type') || '')) if (name in TAKES) found.push({ file, line: lineAt(source.text(file), at), name })
      }
      note(file, source.text(file), /<(camera)\b/g)
      note(file, source.text(file), /<input\b[^>]*\btype="(nickname)"/g)
    }
  }
  return found
}
