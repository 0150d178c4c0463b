// tsc over the program's JavaScript, in memory: WeChat's typings, the API's types, and what answers are followed into.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { Source } from '../build/source.mjs'
import { Followed, methodOf } from './followed.mjs'
import { checkTemplates } from './templates.mjs'

const HOME = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const OPTIONS = {
  allowJs: true, checkJs: true, noEmit: true, strict: true, noImplicitAny: false, noImplicitThis: true,
  useUnknownInCatchVariables: false, target: ts.ScriptTarget.ES2020, lib: ['lib.es2020.d.ts'],
  module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10,
  types: ['miniprogram-api-typings'], typeRoots: [path.join(HOME, 'node_modules')], skipLibCheck: true,
}
const ROUNDS = 6 // calls deep that an answer is followed
const DELETE_NEEDS_OPTIONAL = 2790 // an answer of the server has all its fields; a page may strike one

/** @returns {{file: string, line: number, message: string}[]} */
export function checkTypes(root, types) {
  const contract = path.join(root, '__api.d.ts')
  const texts = new Map([[contract, types]])
  const kept = new Map()
  const host = ts.createCompilerHost(OPTIONS)
  host.getCurrentDirectory = () => HOME
  const { getSourceFile, readFile, fileExists } = host
  host.fileExists = (name) => texts.has(name) || fileExists.call(host, name)
  host.readFile = (name) => texts.get(name) ?? readFile.call(host, name)
  host.getSourceFile = (name, version) => {
    const text = texts.get(name)
    const last = kept.get(name)
    if (last && (text === undefined || last.text === text)) return last
    const file = text === undefined ? getSourceFile.call(host, name, version) : ts.createSourceFile(name, text, version, true)
    kept.set(name, file)
    return file
  }
  const files = scripts(root)
  for (const file of files) texts.set(file, loose(fs.readFileSync(file, 'utf8')))
  const followed = new Followed(contract)
  let program
  let open = files
  for (let round = 0; round < ROUNDS; round++) {
    program = ts.createProgram([...files, contract], OPTIONS, host, program)
    const changed = followed.look(program, open)
    if (!changed.size) break
    open = touched(files, texts, changed)
    for (const [file, text] of followed.texts) texts.set(file, text)
    texts.set(contract, `${types}\n${followed.declared()}\n`)
  }
  const said = ts.getPreEmitDiagnostics(program).filter((each) => each.code !== DELETE_NEEDS_OPTIONAL)
  return [...said.map((each) => problem(root, each)), ...strangers(root, program, files), ...checkTemplates(new Source(root), program)]
}

/** The changed files, and those that require one of them: only there can an answer go on. */
function touched(files, texts, changed) {
  const names = [...changed].map((file) => `/${path.basename(file, '.js')}'`)
  return files.filter((file) => changed.has(file) || names.some((name) => texts.get(file).includes(name)))
}

/** `{ ...said }` of a record is nothing to TypeScript, and of `any` everything; letters stay in their places. */
const loose = (text) => text.replace(/(@param \{)Record<string, any>\}/g, `$1any${' '.repeat('Record<string, any>'.length - 3)}}`)

function problem(root, { file, start, messageText }) {
  const message = ts.flattenDiagnosticMessageText(messageText, ' — ')
  if (!file) return { file: '', line: 0, message }
  const line = file.getLineAndCharacterOfPosition(start).line + 1
  return { file: path.relative(root, file.fileName), line, message }
}

/** `this.setDatta(…)` in a page: neither the page's own nor what every page has. */
function strangers(root, program, files) {
  const checker = program.getTypeChecker()
  const found = []
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression: owner, name } = node.expression
      if (owner.kind === ts.SyntaxKind.ThisKeyword && !methodOf(node.expression) && checker.getTypeAtLocation(owner).getStringIndexType()) {
        const known = checker.getTypeAtLocation(owner).getProperty(name.text)
        if (!known) found.push(problem(root, { file: node.getSourceFile(), start: name.getStart(), messageText: `this.${name.text} is no method of this page` }))
      }
    }
    if (ts.isCallExpression(node) && /^this\.act$|^(askYes|tell|asking\.ask)$/.test(node.expression.getText()) && !waited(node)) {
      found.push(problem(root, { file: node.getSourceFile(), start: node.getStart(), messageText: `${node.expression.getText()}(…) without await: its answer is always there, and always true` }))
    }
    ts.forEachChild(node, visit)
  }
  for (const file of files) visit(program.getSourceFile(file))
  return found
}

/** Awaited, returned, kept to be awaited, or handed on. */
function waited(node) {
  const up = node.parent
  if (ts.isVariableDeclaration(up)) return new RegExp(`await ${up.name.getText()}\\b`).test(up.getSourceFile().text)
  return !ts.isExpressionStatement(up) && !ts.isPrefixUnaryExpression(up) && !ts.isIfStatement(up)
}

function scripts(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) return scripts(full)
    return entry.name.endsWith('.js') ? [full] : []
  })
}
