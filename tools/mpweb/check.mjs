// Checks of a mini-program without running it: node tools/mpweb/check.mjs SRC OPENAPI_JSON
// Types against WeChat's typings and the server's description, WeChat's own compilers, privacy, and the names between files
// that only a tap would try. Every problem as file:line, exit code 1 when there is one. What the build refuses (weight,
// missing files, template warnings) stands in build.mjs.
import fs from 'node:fs'
import path from 'node:path'
import { readProgram } from './build/program.mjs'
import { Source } from './build/source.mjs'
import { contract } from './check/contract.mjs'
import { checkLegacy } from './check/legacy.mjs'
import { checkLinks } from './check/links.mjs'
import { checkLooks } from './check/looks.mjs'
import { checkMarkup } from './check/markup.mjs'
import { checkPrivacy } from './check/privacy.mjs'
import { checkTypes } from './check/types.mjs'

const [src, description] = process.argv.slice(2)
if (!src || !description) {
  console.error('node tools/mpweb/check.mjs SRC OPENAPI_JSON')
  process.exit(2)
}
const root = path.resolve(src)
const spec = JSON.parse(fs.readFileSync(description, 'utf8'))
const types = contract(spec)
const codes = new Set(spec.components.schemas.Problem?.properties.code.enum)
const source = new Source(root)
const program = readProgram(source)
const problems = [
  ...checkTypes(root, types), ...checkLegacy(root), ...checkPrivacy(root),
  ...checkMarkup(source, program), ...checkLinks(source, program, codes), ...checkLooks(source, program), ...source.problems,
]
for (const { file, line, message } of problems) console.error(`${path.join(src, file)}:${line}: ${message}`)
process.exit(problems.length ? 1 : 0)
