// The JavaScript of the program: each file is kept as text and becomes a module when it is first required.
import vm from 'node:vm'
import { lineAt, resolve } from './source.mjs'
import { packageOf, PRIVATE_INFOS } from './program.mjs'

/**
 * Module name (path without .js) → code, with the faults that can be seen without running it.
 * @param {import('./source.mjs').Source} source
 */
export function collectScripts(source, program) {
  const modules = {}
  for (const file of source.packed().filter((name) => name.endsWith('.js'))) {
    const code = source.text(file)
    modules[file.slice(0, -'.js'.length)] = code
    if (checkSyntax(source, file, code)) checkUse(source, program, file, code)
  }
  if (!modules.app) source.problem('app.json', 1, 'app.js is missing')
  for (const path of program.components.keys()) checkHandlers(source, path, modules)
  return modules
}

function checkSyntax(source, file, code) {
  const imported = /^\s*(import\s[\w{*'"]|export\s)/m.exec(code)
  if (imported) {
    source.problem(
      file,
      lineAt(code, imported.index + imported[0].length),
      'import and export: use require and module.exports',
    )
    return false
  }
  try {
    new vm.Script(`(function(){'use strict';${code}\n})`, { filename: file })
    return true
  } catch (error) {
    const line = /:(\d+)\n/.exec(error.stack)
    source.problem(file, line ? Number(line[1]) : 1, error.message)
    return false
  }
}

function checkUse(source, program, file, code) {
  const mine = packageOf(program, file)
  for (const found of code.matchAll(/\brequire\(\s*['"](.+?)['"]\s*\)/g)) {
    const target = resolve(file, found[1]).replace(/\.js$/, '')
    const real = [target, `${target}/index`].find((name) => source.has(`${name}.js`))
    const theirs = packageOf(program, real || '')
    if (!real) source.problem(file, lineAt(code, found.index), `${found[1]} is not found`)
    else if (theirs && theirs !== mine) {
      source.problem(
        file,
        lineAt(code, found.index),
        `${found[1]} lies in sub-package ${theirs}, which may not be loaded`,
      )
    }
  }
  for (const found of code.matchAll(/\beval\s*\(|\bnew\s+Function\s*\(/g)) {
    source.problem(file, lineAt(code, found.index), 'eval and new Function do not work in WeChat')
  }
  for (const found of code.matchAll(/\(\?<[=!]/g)) {
    source.problem(
      file,
      lineAt(code, found.index),
      'iOS before 16.4 cannot read a file with a look-behind in a pattern',
    )
  }
  const declared = program.app.requiredPrivateInfos || []
  for (const found of code.matchAll(/\bwx\.(\w+)/g)) {
    if (PRIVATE_INFOS.includes(found[1]) && !declared.includes(found[1])) {
      source.problem(file, lineAt(code, found.index), `wx.${found[1]} is not named in requiredPrivateInfos of app.json`)
    }
  }
}

/** A handler that a template names must be written somewhere in its script or in what that requires. */
function checkHandlers(source, path, modules) {
  if (!source.has(`${path}.wxml`) || modules[path] === undefined) return
  const text = source.text(`${path}.wxml`)
  const code = withRequired(path, modules)
  for (const found of text.matchAll(/\s(?:capture-)?(?:bind|catch|mut-bind):?[a-z-]+="([A-Za-z_$][\w$]*)"/gi)) {
    if (new RegExp(`(?<![\\w$])${found[1].replace(/\$/g, '\\$')}(?![\\w$])`).test(code)) continue
    source.problem(`${path}.wxml`, lineAt(text, found.index + 1), `no method ${found[1]} in ${path}.js`)
  }
}

function withRequired(path, modules, seen = new Set()) {
  if (seen.has(path) || modules[path] === undefined) return ''
  seen.add(path)
  const code = modules[path]
  const required = [...code.matchAll(/\brequire\(\s*['"](.+?)['"]\s*\)/g)]
  return (
    code + required.map((found) => withRequired(resolve(path, found[1]).replace(/\.js$/, ''), modules, seen)).join('\n')
  )
}
