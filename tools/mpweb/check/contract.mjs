// The API's description as TypeScript: what lib/request.js may call, with which names, and what comes back.
//
// Global types: `Api` (the calls), `Queued` (lib/queue.js), `Answer<'GET /me/home'>`, and `Merged` of several answers.

const PREFIX = '/api/v1'
const CALLS = { get: 'GET', post: 'POST', put: 'PUT', delete: 'DELETE' }

const HEAD = `
/** Several shapes as one: what all have as they have it, and the names that only some know. */
type FieldsOf<U> = U extends any ? keyof U : never
type Fields<U> = { [K in keyof U]: U[K] } & { [K in Exclude<FieldsOf<U>, keyof U>]?: any }
type Merged<U> = [NonNullable<U>] extends [readonly any[] | string | number | boolean] ? U : Fields<NonNullable<U>> | Extract<U, null | undefined>
/** No name that \`S\` does not know; a record of any names can't be checked. */
type Only<Q, S> = string extends keyof Q ? Q : Q & { [K in Exclude<keyof Q, FieldsOf<S>>]: NameUnknownToTheServer<K> }
interface NameUnknownToTheServer<K> { readonly __unknown: K }
type Plain = string | number | boolean | null | undefined
type Answer<C extends keyof ApiCalls> = ApiCalls[C]['answer']
/** The codes of refusals that the server has. */
type ProblemCode = Got_Problem extends { code: infer C } ? C : string
type PathsOf<M extends string> = keyof ApiCalls extends infer C ? C extends \`\${M} \${infer P}\` ? P : never : never
type At<M extends string, P extends string> = \`\${M} \${P}\` extends keyof ApiCalls ? ApiCalls[\`\${M} \${P}\`] : never
type Rest<S, Q> = {} extends S ? [params?: Only<Q, S>] : [params: Only<Q, S>]
type BodyRest<B, T> = undefined extends B ? [body?: Only<T, B> | null, key?: string] : [body: Only<T, B>, key?: string]
interface Writes<M extends string> {
  <P extends PathsOf<M>, Q extends At<M, P>['params'], T extends At<M, P>['body']>(
    path: P,
    ...rest: {} extends At<M, P>['params']
      ? undefined extends At<M, P>['body'] ? [params?: Only<Q, At<M, P>['params']>, body?: Only<T, At<M, P>['body']> | null, key?: string]
        : [params: Only<Q, At<M, P>['params']>, body: Only<T, At<M, P>['body']>, key?: string]
      : [params: Only<Q, At<M, P>['params']>, ...rest: BodyRest<At<M, P>['body'], T>]
  ): Promise<At<M, P>['answer']>
}
interface Api {
  get<P extends PathsOf<'GET'>, Q extends At<'GET', P>['params']>(path: P, ...rest: Rest<At<'GET', P>['params'], Q>): Promise<At<'GET', P>['answer']>
  post: Writes<'POST'>
  put: Writes<'PUT'>
  del<P extends PathsOf<'DELETE'>, Q extends At<'DELETE', P>['params']>(path: P, ...rest: Rest<At<'DELETE', P>['params'], Q>): Promise<At<'DELETE', P>['answer']>
}
/** lib/wire.js: one call as it is, with what stands in its header. */
interface Wire {
  <M extends 'GET' | 'POST' | 'PUT' | 'DELETE', P extends PathsOf<M>, T extends At<M, P>['body']>(
    method: M, path: P, body: undefined extends T ? Only<T, At<M, P>['body']> | null : Only<T, At<M, P>['body']>, header: Record<string, string>,
  ): Promise<At<M, P>['answer']>
}
type Sent<A> = { sent: true, answer: A } | { sent: false, answer: null }
/** lib/queue.js: a write that may wait for the network. */
interface Queued {
  <M extends 'POST' | 'PUT', P extends PathsOf<M>, Q extends At<M, P>['params'], T extends At<M, P>['body']>(
    write: { method: M, path: P, params: Only<Q, At<M, P>['params']>, body: undefined extends T ? Only<T, At<M, P>['body']> | null : Only<T, At<M, P>['body']>, what: string },
  ): Promise<Sent<At<M, P>['answer']>>
}
`

/** @param {any} spec the parsed openapi.json @returns {string} the text of a .d.ts */
export function contract(spec) {
  const schemas = spec.components.schemas
  const referred = JSON.stringify(spec).matchAll(/"#\/components\/schemas\/([^"]+)"/g)
  const lost = [...referred].map(([, name]) => name).filter((name) => !(name in schemas))
  if (lost.length) throw new Error(`openapi.json names and does not describe ${lost}: do two classes share a name?`)
  const shapes = Object.keys(schemas).flatMap((name) => [
    `type Got_${plain(name)} = ${shape(schemas[name], 'Got_')}`, `type Sent_${plain(name)} = ${shape(schemas[name], 'Sent_')}`,
  ])
  const calls = []
  for (const [path, operations] of Object.entries(spec.paths)) {
    if (!path.startsWith(PREFIX)) continue
    for (const [method, operation] of Object.entries(operations)) {
      if (CALLS[method]) calls.push(`  '${CALLS[method]} ${path.slice(PREFIX.length)}': ${call(operation)}`)
    }
  }
  return `${HEAD}\n${shapes.join('\n')}\ninterface ApiCalls {\n${calls.join('\n')}\n}\n`
}

function call(operation) {
  const params = (operation.parameters || []).filter((each) => each.in !== 'header').map((each) => {
    const needed = each.in === 'path' || each.required
    return `${JSON.stringify(each.name)}${needed ? ':' : '?:'} ${param(each.schema || {}, needed)}`
  })
  const body = operation.requestBody && jsonOf(operation.requestBody)
  const answers = Object.entries(operation.responses).filter(([status]) => status < '300')
    .map(([status, said]) => (status === '204' ? 'null' : said.content ? shape(jsonOf(said) || {}, 'Got_') : 'any'))
  return `{ params: { ${params.join('; ')} }, body: ${body ? shape(body, 'Sent_') : 'undefined'}, answer: ${answers.join(' | ') || 'null'} }`
}

/** What stands in an address: a text, in which "" and null leave a parameter out. */
function param(schema, needed) {
  const kinds = (schema.anyOf || [schema]).filter((each) => each.type !== 'null').map((each) => {
    if (each.enum) return each.enum.map((word) => JSON.stringify(word)).join(' | ')
    if (!needed && (each.type === 'integer' || each.type === 'number')) return 'number | `${number}`'
    if (each.type === 'boolean') return "boolean | 'true' | 'false'"
    return 'string | number'
  })
  return [...kinds, ...(needed ? [] : ["''", 'null', 'undefined'])].join(' | ')
}

const jsonOf = (holder) => holder.content?.['application/json']?.schema
const plain = (name) => name.replace(/\W/g, '_')

/** A JSON Schema as a type. What the server answers it answers whole: there every field is there. */
function shape(schema, prefix) {
  if (schema.$ref) return prefix + plain(schema.$ref.split('/').pop())
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  const several = schema.anyOf || schema.oneOf
  if (several) return `(${several.map((each) => shape(each, prefix)).join(' | ')})`
  if (schema.allOf) return `(${schema.allOf.map((each) => shape(each, prefix)).join(' & ')})`
  switch (schema.type) {
    case 'object': return object(schema, prefix)
    case 'array': return schema.prefixItems ? `[${schema.prefixItems.map((each) => shape(each, prefix)).join(', ')}]` : `(${shape(schema.items || {}, prefix)})[]`
    case 'string': return 'string'
    case 'integer': case 'number': return 'number'
    case 'boolean': return 'boolean'
    case 'null': return 'null'
    default: return schema.properties ? object(schema, prefix) : 'any'
  }
}

function object(schema, prefix) {
  if (!schema.properties) return `Record<string, ${typeof schema.additionalProperties === 'object' ? shape(schema.additionalProperties, prefix) : 'any'}>`
  const needed = new Set(schema.required || [])
  const fields = Object.entries(schema.properties).map(([name, each]) => {
    const open = prefix === 'Sent_' && !needed.has(name)
    return `${JSON.stringify(name)}${open ? '?' : ''}: ${shape(each, prefix)}`
  })
  return `{ ${fields.join('; ')} }`
}
