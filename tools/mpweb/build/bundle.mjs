// Writes the web page: index.html, host.js (empty), app.js (libraries, runtime, program), app.css and the pictures.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const LIBRARIES = ['glass-easel', 'glass-easel-miniprogram-adapter']

export function writePage(source, out, { program, templates, css, modules, runtime }) {
  fs.mkdirSync(out, { recursive: true })
  for (const file of source.packed().filter((name) => /\.(png|jpe?g|gif|svg|webp|mp3|mp4|ttf)$/.test(name))) {
    fs.mkdirSync(path.join(out, path.dirname(file)), { recursive: true })
    fs.copyFileSync(path.join(source.root, file), path.join(out, file))
  }
  fs.writeFileSync(path.join(out, 'app.css'), css)
  fs.writeFileSync(path.join(out, 'app.js'), script({ program, templates, modules, runtime }))
  fs.writeFileSync(
    path.join(out, 'host.js'),
    '// The phone around the page serves its own host.js here: window.__mpInit = { host: {…} }\n',
  )
  fs.writeFileSync(path.join(out, 'index.html'), html(program.app.window?.navigationBarTitleText || ''))
}

/** One script: a registry of modules, filled with libraries, runtime and program, and the call that starts it. */
function script({ program, templates, modules, runtime }) {
  const components = Object.fromEntries(program.components)
  const facts = {
    app: { ...program.app, pages: program.pages },
    components,
    platform: program.platform,
    roots: program.roots,
  }
  const parts = ['(function(){var made={},all={};', REGISTRY]
  for (const name of LIBRARIES) parts.push(define(name, library(name)))
  for (const [name, code] of Object.entries(runtime)) parts.push(define(`runtime/${name}`, code))
  parts.push(define('program', `module.exports=${JSON.stringify(facts)};`))
  parts.push(define('program/templates', `module.exports=${templates};`))
  parts.push(define('program/modules', `module.exports=${JSON.stringify(modules)};`))
  parts.push("load('runtime/index')})();")
  return parts.join('\n')
}

const REGISTRY = `function find(from,to){
  if(all[to])return to;
  var parts=from.split('/').slice(0,-1);
  to.split('/').forEach(function(s){if(s==='..')parts.pop();else if(s!=='.')parts.push(s)});
  return parts.join('/').replace(/\\.js$/,'')}
function load(name){
  if(made[name])return made[name].exports;
  var module=made[name]={exports:{}};
  all[name](function(to){return load(find(name,to))},module,module.exports);
  return module.exports}`

function define(name, code) {
  return `all[${JSON.stringify(name)}]=function(require,module,exports){${code}\n};`
}

function library(name) {
  return fs.readFileSync(require.resolve(name), 'utf8').replace(/\/\/# sourceMappingURL.*$/m, '')
}

function html(title) {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<link rel="icon" href="data:,">
<title>${title.replace(/[&<]/g, '')}</title>
<link rel="stylesheet" href="app.css">
</head>
<body><script src="host.js"></script><script src="app.js"></script></body>
</html>
`
}
