// Where an answer of the server goes into a parameter that says `any`, the answer's own type is put in its place.
//
// `each` of `activities.map((/** @type {any} */ each) => …)` takes what `map` gives; `one` of a function with
// `@param {any} one` takes what its callers hand over, all of them together. Positions stay: the three letters of `any`
// become the three letters of a type. What goes through `this.data`, a cast or `{any}` inside a bigger type is not followed.
import ts from 'typescript'

export class Followed {
  constructor(contract) {
    this.contract = contract
    /** @type {Map<string, {name: string, types: Set<string>}>} by place */
    this.places = new Map()
    /** @type {Map<string, string>} file → text, as it was written or with names put in */
    this.texts = new Map()
  }

  /** The types that were found, to stand beside the contract. */
  declared() {
    return [...this.places.values()].map(({ name, types }) => `type ${name} = Merged<${[...types].join(' | ')}>`).join('\n')
  }

  /** Look into these files; the files in which something new was found. */
  look(program, files) {
    this.checker = program.getTypeChecker()
    this.changed = new Set()
    for (const file of files) this.#visit(program.getSourceFile(file))
    return this.changed
  }

  #visit(node) {
    if (ts.isCallExpression(node)) this.#call(node)
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) this.#inline(node)
    ts.forEachChild(node, (each) => this.#visit(each))
  }

  #call(node) {
    const callee = this.checker.getResolvedSignature(node)?.declaration || methodOf(node.expression)
    node.arguments.forEach((argument, index) => {
      if (callee && ts.isFunctionLike(callee)) this.#give(callee.parameters[index], this.checker.getTypeAtLocation(argument))
      this.#reference(argument)
    })
  }

  /** `.map(brief)`: the function's parameters take what the caller will give it. */
  #reference(argument) {
    if (!ts.isIdentifier(argument) && !ts.isPropertyAccessExpression(argument)) return
    const own = this.checker.getTypeAtLocation(argument).getCallSignatures()[0]?.declaration
    const wanted = this.#wanted(argument)
    if (own && wanted) own.parameters.forEach((each, index) => this.#give(each, wanted[index]))
  }

  #inline(node) {
    const wanted = this.#wanted(node)
    if (wanted) node.parameters.forEach((each, index) => this.#give(each, wanted[index], true))
  }

  /** The types with which the function in this place is called. */
  #wanted(node) {
    const signature = this.checker.getContextualType(node)?.getCallSignatures()[0]
    return signature?.parameters.map((each) => this.checker.getTypeOfSymbolAtLocation(each, node))
  }

  #give(parameter, type, inline = false) {
    const place = parameter && type && anyOf(parameter)
    if (!place) return
    const said = place.many ? this.checker.getIndexTypeOfType(type, ts.IndexKind.Number) : type
    if (!said || !(inline ? this.#known(said) : this.#answered(said))) return
    const text = this.checker.typeToString(said, undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias)
    this.#note(place.node, text)
  }

  #note(node, text) {
    const file = node.getSourceFile()
    const key = `${file.fileName}:${node.getStart()}`
    const place = this.places.get(key) || { name: nameOf(this.places.size), types: new Set() }
    if (place.types.has(text) || text.includes(place.name) || / any\b|^any\b/.test(text) && !text.includes('Got_')) return
    place.types.add(text)
    this.changed.add(file.fileName)
    if (this.places.has(key)) return
    this.places.set(key, place)
    const before = this.texts.get(file.fileName) ?? file.text
    this.texts.set(file.fileName, before.slice(0, node.getStart()) + place.name + before.slice(node.getEnd()))
  }

  #known(type) {
    return !(type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter | ts.TypeFlags.Never))
  }

  /** A shape that the program wrote itself: an answer may stand in it. */
  #own(type) {
    return type.symbol.declarations?.every((one) => one.getSourceFile().fileName.endsWith('.js'))
  }

  /** Whether this comes from the description: a shape of it, a list of them, one of several. */
  #answered(type, depth = 0) {
    if (depth > 3 || !this.#known(type)) return false
    if (type.isUnion()) return type.types.some((each) => this.#answered(each, depth + 1))
    const element = this.checker.getIndexTypeOfType(type, ts.IndexKind.Number)
    if (element && !(type.flags & ts.TypeFlags.StringLike)) return this.#answered(element, depth + 1)
    if (type.symbol?.flags & ts.SymbolFlags.TypeLiteral && !type.aliasSymbol && this.#own(type)) {
      return this.checker.getPropertiesOfType(type).some((each) => this.#answered(this.checker.getTypeOfSymbol(each), depth + 2))
    }
    const symbols = [type.aliasSymbol, type.symbol].filter(Boolean)
    return symbols.some((each) => each.declarations?.some((one) => one.getSourceFile().fileName === this.contract))
  }
}

/** The method that `this.name` means: the types of `this` in a page know what every page has, not the page's own. */
export function methodOf(expression) {
  if (!ts.isPropertyAccessExpression(expression) || expression.expression.kind !== ts.SyntaxKind.ThisKeyword) return undefined
  for (let node = expression.parent; node; node = node.parent) {
    if (!ts.isObjectLiteralExpression(node)) continue
    for (const each of node.properties) {
      const own = ts.isPropertyAssignment(each) ? each.initializer : each
      if (each.name?.getText() === expression.name.text && ts.isFunctionLike(own)) return own
    }
  }
  return undefined
}

/** The `any`, or the `any` of `any[]`, that a parameter's comment says. */
function anyOf(parameter) {
  if (!ts.isParameter(parameter)) return undefined
  const tag = ts.getJSDocTypeTag(parameter) || ts.getJSDocParameterTags(parameter)[0]
  let node = tag?.typeExpression?.type
  const many = Boolean(node && ts.isArrayTypeNode(node))
  if (many) node = node.elementType
  const text = node?.getText()
  return text === 'any' || /^Z[A-Za-z]{2}$/.test(text || '') ? { node, many } : undefined
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Three letters: Zaa and so on, as many as there can be places (2704). */
const nameOf = (index) => `Z${LETTERS[Math.floor(index / LETTERS.length) % LETTERS.length]}${LETTERS[index % LETTERS.length]}`
