// Turns the native mini-program in SRC into one web page in OUT: node tools/mpweb/build.mjs SRC OUT
// Prints every problem as file:line and ends with 1 when there is one.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Source } from './build/source.mjs'
import { readProgram } from './build/program.mjs'
import { compileTemplates } from './build/templates.mjs'
import { compileStyles } from './build/styles.mjs'
import { collectScripts } from './build/scripts.mjs'
import { kb, weigh } from './build/weight.mjs'
import { writePage } from './build/bundle.mjs'

const HERE = path.dirname(fileURLToPath(import.meta.url))

/** Build SRC into OUT; OUT is written even when there are problems, so that one can look at it. */
export function build(src, out) {
  const source = new Source(src)
  const program = readProgram(source)
  const templates = compileTemplates(source, program)
  const css = compileStyles(source, program, {
    base: looks('base'),
    button: looks(program.app.style === 'v2' ? 'button-v2' : 'button-v1'),
  })
  const modules = collectScripts(source, program)
  const weight = weigh(source, program)
  writePage(source, out, { program, templates, css, modules, runtime: runtimeFiles() })
  return { problems: source.problems, program, weight }
}

function looks(name) {
  return fs.readFileSync(path.join(HERE, 'styles', `${name}.css`), 'utf8')
}

/** The files of runtime/, by their path without .js. */
function runtimeFiles(folder = path.join(HERE, 'runtime'), prefix = '') {
  const files = {}
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) Object.assign(files, runtimeFiles(full, `${prefix}${entry.name}/`))
    else if (entry.name.endsWith('.js')) files[prefix + entry.name.slice(0, -3)] = fs.readFileSync(full, 'utf8')
  }
  return files
}

function main([src, out]) {
  if (!src || !out) {
    console.error('node tools/mpweb/build.mjs SRC OUT')
    return 2
  }
  const started = Date.now()
  const { problems, program, weight } = build(path.resolve(src), path.resolve(out))
  for (const { file, line, message, warning } of problems) {
    console.error(`${path.join(src, file)}:${line}: ${warning ? 'warning: ' : ''}${message}`)
  }
  console.log(
    `${program.pages.length} pages, ${program.components.size - program.pages.length} components, ` +
      `${kb(weight.all)} KB in the package, ${problems.length} problems, ${Date.now() - started} ms`,
  )
  return problems.some((problem) => !problem.warning) ? 1 : 0
}

if (import.meta.url === pathToFileURL(process.argv[1] || '').href) process.exit(main(process.argv.slice(2)))
