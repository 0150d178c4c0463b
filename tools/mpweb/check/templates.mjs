// What a template reads, against what its page gives: `{{me.nickname}}` where no view of the page has such a field.
//
// A page gives what stands in its `data`, what its methods return, and what they hand to setData; the types are those
// that the program was checked with, so a field that the server does not send is missed here too. What is `any` is let pass.
import path from 'node:path'
import ts from 'typescript'
import { lineAt } from '../build/source.mjs'

const TAG = /<!--.*?-->|<(\/?)([\w-]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|\{\{(.*?)\}\}/gs
/** What every page has by lib/view.js, and would lose without a word: methods, and names in its data. */
const TAKEN = {
  methods: new Set(['refresh', 'loadOnce', 'act', 'goRegister', 'offerRegister', 'setIfHere']),
  data: new Set(['query', 'size', 'state', 'problem', 'remedy', 'stale', 'busy']),
}
const WORDS = new Set(['undefined', 'Math', 'JSON'])

/** @returns {{file: string, line: number, message: string}[]} */
export function checkTemplates(source, program) {
  const checker = program.getTypeChecker()
  return source.packed().filter((file) => file.endsWith('.wxml')).flatMap((file) => {
    const script = program.getSourceFile(path.join(source.root, file.replace(/wxml$/, 'js')))
    const given = script && gives(checker, script)
    return given ? [...new Template(checker, file, source.text(file), given).look(), ...unknownData(source, script, given)] : []
  })
}

/** Name → types, of all that a page or component may show; undefined where the script is neither. */
function gives(checker, script) {
  const given = new Map()
  const add = (name, type) => given.set(name, [...(given.get(name) || []), type])
  const spread = (type) => checker.getPropertiesOfType(type).forEach((each) => add(each.name, checker.getTypeOfSymbol(each)))
  const shape = (node) => {
    if (!node) return
    if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)) shape(node.expression)
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(shape)
    else if (!ts.isObjectLiteralExpression(node)) spread(checker.getTypeAtLocation(node))
    else {
      for (const each of node.properties) {
        if (ts.isSpreadAssignment(each)) shape(each.expression)
        else if (each.name && !ts.isComputedPropertyName(each.name)) add(nameOf(each.name), checker.getTypeAtLocation(each.initializer || each.name))
        else if (each.name && ts.isTemplateExpression(each.name.expression)) add(each.name.expression.head.text.split(/[.[]/)[0], checker.getAnyType())
      }
    }
  }
  const own = { found: false }
  given.declared = [] // names of the first data, of properties, and of what methods return
  const first = (act) => {
    const before = new Map([...given].map(([name, types]) => [name, types.length]))
    act()
    for (const [name, types] of given) if (types.length !== before.get(name)) given.declared.push(name)
  }
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const called = node.expression.getText()
      if (/^(Page|Component)$/.test(called)) own.found = true
      if (/\.(setData|setIfHere)$/.test(called)) shape(node.arguments[0])
      if (called === 'view') visitWrapper(checker, node, visit)
    }
    if (ts.isReturnStatement(node) && inMethod(node)) first(() => shape(node.expression))
    if (ts.isPropertyAssignment(node) && nameOf(node.name) === 'data') first(() => shape(node.initializer))
    if (ts.isPropertyAssignment(node) && nameOf(node.name) === 'properties' && ts.isObjectLiteralExpression(node.initializer)) {
      first(() => { for (const each of node.initializer.properties) add(nameOf(each.name), checker.getAnyType()) })
    }
    ts.forEachChild(node, visit)
  }
  visit(script)
  return own.found ? given : undefined
}

/** What lib/view.js keeps on a page for itself; under which name its view is kept a page may choose. */
const keptByView = (source) => (source.has('lib/view.js') ? [...source.text('lib/view.js').matchAll(/\bthis\.(\w+) = /g)] : [])
  .map(([, name]) => name).filter((name) => !['cacheName', 'query'].includes(name))

/** `this.data.kindz`, and a name handed to setData that the page's first data, or what it loads, has not: read or shown by nobody. */
function unknownData(source, script, given) {
  const problems = []
  const kept = keptByView(source)
  const own = /\bview\(\{/.test(script.text)
  const say = (node, message) => {
    const line = script.getLineAndCharacterOfPosition(node.getStart()).line + 1
    problems.push({ file: path.relative(source.root, script.fileName), line, message })
  }
  const ofData = (node) => ts.isPropertyAccessExpression(node) && node.name.text === 'data' && node.expression.kind === ts.SyntaxKind.ThisKeyword
  const declared = new Set(given.declared)
  const look = (name, node) => { if (name && !given.has(name)) say(node, `this.data.${name}: the page gives no ${name}`) }
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'view' && ts.isObjectLiteralExpression(node.arguments[0])) {
      for (const each of node.arguments[0].properties) {
        if (each.name && TAKEN.methods.has(nameOf(each.name))) say(each, `${nameOf(each.name)}: lib/view.js has its own, which is taken`)
        if (each.name && nameOf(each.name) === 'data') for (const one of each.initializer.properties || []) {
          if (one.name && TAKEN.data.has(nameOf(one.name))) say(one, `data.${nameOf(one.name)}: lib/view.js has its own`)
        }
      }
    }
    if (own && ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isPropertyAccessExpression(node.left) &&
      node.left.expression.kind === ts.SyntaxKind.ThisKeyword && kept.includes(node.left.name.text)) say(node, `this.${node.left.name.text}: lib/view.js keeps something else there`)
    if (ts.isPropertyAccessExpression(node) && ofData(node.expression)) look(node.name.text, node.name)
    if (ts.isVariableDeclaration(node) && node.initializer && ofData(node.initializer) && ts.isObjectBindingPattern(node.name)) {
      for (const each of node.name.elements) if (!each.dotDotDotToken) look((each.propertyName || each.name).getText(), each)
    }
    if (ts.isCallExpression(node) && /\.(setData|setIfHere)$/.test(node.expression.getText()) && node.arguments[0] && ts.isObjectLiteralExpression(node.arguments[0])) {
      for (const each of node.arguments[0].properties) {
        const name = each.name && !ts.isComputedPropertyName(each.name) ? nameOf(each.name).split(/[.[]/)[0] : ''
        if (name && !declared.has(name)) say(each, `setData: ${name} is not in the page's data`)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(script)
  return problems
}

/** What every page has by lib/view.js stands in the function that makes it a page. */
function visitWrapper(checker, node, visit) {
  const made = checker.getResolvedSignature(node)?.declaration
  if (made && made.getSourceFile() !== node.getSourceFile()) visit(made)
}

const nameOf = (name) => (ts.isStringLiteral(name) || ts.isIdentifier(name) ? name.text : '')
/** A return of a method of the page, not of a function inside it. */
const inMethod = (node) => {
  for (let up = node.parent; up; up = up.parent) if (ts.isFunctionLike(up)) return ts.isMethodDeclaration(up)
  return false
}

class Template {
  constructor(checker, file, text, given) {
    Object.assign(this, { checker, file, text, given, scopes: [], problems: [] })
  }

  look() {
    for (const found of this.text.matchAll(TAG)) {
      const [, closing, tag, attributes, alone, words] = found
      if (words !== undefined) this.#read(words, found.index)
      else if (closing) this.scopes.pop()
      else if (tag) this.#open(attributes, found.index, Boolean(alone), tag)
    }
    return this.problems
  }

  #open(text, at, alone, tag) {
    const attributes = new Map([...text.matchAll(/([\w:-]+)\s*=\s*("[^"]*"|'[^']*')/g)].map(([, name, value]) => [name, value.slice(1, -1)]))
    const scope = {}
    const list = attributes.get('wx:for')
    if (list !== undefined) {
      const said = /^\{\{(.*)\}\}$/s.exec(list.trim())
      const types = said ? this.#read(said[1], at) : null
      scope[attributes.get('wx:for-item') || 'item'] = types && this.#elements(types)
      scope[attributes.get('wx:for-index') || 'index'] = null
      this.#key(attributes.get('wx:key'), scope[attributes.get('wx:for-item') || 'item'], at)
      attributes.delete('wx:for')
    }
    if (tag === 'template' && attributes.has('name')) scope['*'] = null
    this.scopes.push(scope)
    for (const value of attributes.values()) for (const [, words] of value.matchAll(/\{\{(.*?)\}\}/gs)) this.#read(words, at)
    if (alone || (tag === 'wxs' && alone)) this.scopes.pop()
  }

  /** A key that no line of the list has is none. */
  #key(key, types, at) {
    if (!key || key.startsWith('*') || !types) return
    const has = types.flatMap((type) => parts(type)).some((type) => this.checker.getPropertyOfType(this.checker.getApparentType(type), key))
    if (!has) this.#problem(at, `wx:key="${key}": no ${key} in ${types.map((each) => this.checker.typeToString(each)).join(' | ').slice(0, 200)}`)
  }

  /** Check one expression; its types, or null where they are not known. */
  #read(words, at) {
    const parsed = ts.createSourceFile('x.js', `(${words.trim().startsWith('...') || /^\s*\w+\s*:/.test(words) ? `{${words}}` : words})`, ts.ScriptTarget.ES2020, true)
    const expression = parsed.statements[0]?.expression
    return expression ? this.#types(expression, at) : null
  }

  #types(node, at) {
    if (ts.isParenthesizedExpression(node)) return this.#types(node.expression, at)
    if (ts.isIdentifier(node)) return this.#root(node.text, at)
    if (ts.isPropertyAccessExpression(node)) return this.#member(this.#types(node.expression, at), node, at)
    if (ts.isElementAccessExpression(node)) {
      this.#types(node.argumentExpression, at)
      const types = this.#types(node.expression, at)
      return types && this.#elements(types)
    }
    if (ts.isConditionalExpression(node)) {
      this.#types(node.condition, at)
      return join(this.#types(node.whenTrue, at), this.#types(node.whenFalse, at))
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.BarBarToken) {
      return join(this.#types(node.left, at), this.#types(node.right, at))
    }
    ts.forEachChild(node, (each) => {
      if (ts.isExpression(each)) this.#types(each, at)
      else if (ts.isPropertyAssignment(each)) this.#types(each.initializer, at)
    })
    return null
  }

  #root(name, at) {
    for (const scope of [...this.scopes].reverse()) {
      if (name in scope) return scope[name]
      if ('*' in scope) return null
    }
    const types = this.given.get(name)
    if (!types && !WORDS.has(name) && !new RegExp(`<wxs\\b[^>]*module="${name}"`).test(this.text)) this.#problem(at, `{{${name}}}: the page gives no ${name}`)
    return types ? this.#sure(types) : null
  }

  #member(types, node, at) {
    if (!types) return null
    const found = types.flatMap((type) => parts(type)).map((type) => this.checker.getPropertyOfType(this.checker.getApparentType(type), node.name.text)).filter(Boolean)
    if (!found.length) {
      this.#problem(at, `{{${node.getText()}}}: no ${node.name.text} in ${types.map((each) => this.checker.typeToString(each)).join(' | ').slice(0, 200)}`)
      return null
    }
    return this.#sure(found.map((each) => this.checker.getTypeOfSymbol(each)))
  }

  /** Without null and empty lists; null where nothing is left, or one of them may be anything. */
  #sure(types) {
    const known = types.map((each) => this.checker.getNonNullableType(each)).filter((each) => !(each.flags & ts.TypeFlags.Never) && !this.#empty(each))
    const open = known.some((each) => parts(each).some((one) => one.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter) || one.getStringIndexType()))
    return open || !known.length ? null : known
  }

  #empty(type) {
    const element = type.getNumberIndexType()
    return Boolean(element && !(type.flags & ts.TypeFlags.StringLike) && element.flags & ts.TypeFlags.Never)
  }

  #elements(types) {
    const found = types.flatMap((type) => parts(type)).map((each) => each.getNumberIndexType()).filter(Boolean)
    return found.length ? this.#sure(found) : null
  }

  #problem(at, message) {
    this.problems.push({ file: this.file, line: lineAt(this.text, at), message })
  }
}

const parts = (type) => (type.isUnion() ? type.types : [type])
const join = (one, other) => (one && other ? [...one, ...other] : null)
