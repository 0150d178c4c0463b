// Looks at the mini-program in a browser while one writes it: node tools/mpweb/serve.mjs SRC [--port N]
//   [--backend http://localhost:8000] [--sandbox http://localhost:8001 --phone 1]
// Builds anew whenever the page is loaded; /mp/ is the program, everything else the backend's. With a sandbox,
// wx.login gets a real code of that phone's person. Development only.
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '8002' },
    backend: { type: 'string', default: 'http://localhost:8000' },
    sandbox: { type: 'string' },
    phone: { type: 'string', default: '1' },
  },
})
const source = path.resolve(positionals[0] || 'miniprogram')
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'mpweb-'))
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
}

/** The page asks here for a code instead of WeChat. */
const HOST = "window.__mpInit={host:{login:()=>fetch('/mp-login').then(r=>r.text()),scan:()=>prompt('扫到的文字')}}"

async function loginCode() {
  if (!options.sandbox) return 'code-of-nobody'
  const answer = await fetch(`${options.sandbox}/_control/users/${options.phone}/login-code`, { method: 'POST' })
  return (await answer.json()).code
}

function file(request, response) {
  const name = path.normalize(new URL(request.url, 'http://x').pathname.slice('/mp'.length))
  if (name === '/') {
    for (const { file: where, line, message } of build(source, out).problems)
      console.error(`${path.join(source, where)}:${line}: ${message}`)
    fs.writeFileSync(path.join(out, 'host.js'), HOST)
  }
  const full = path.join(out, name === '/' ? 'index.html' : name)
  if (!full.startsWith(out) || !fs.existsSync(full) || !fs.statSync(full).isFile()) {
    response.writeHead(404).end()
    return
  }
  response.setHeader('content-type', TYPES[path.extname(full)] || 'application/octet-stream')
  response.setHeader('cache-control', 'no-store')
  fs.createReadStream(full).pipe(response)
}

function passOn(request, response) {
  const target = new URL(request.url, options.backend)
  const headers = { ...request.headers, host: target.host }
  const upstream = http.request(target, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  upstream.on('error', (error) => response.writeHead(502).end(error.message))
  request.pipe(upstream)
}

const server = http.createServer((request, response) => {
  if (request.url === '/') response.writeHead(302, { location: '/mp/' }).end()
  else if (request.url === '/mp-login')
    loginCode().then(
      (code) => response.end(code),
      (error) => response.writeHead(502).end(error.message),
    )
  else if (request.url.startsWith('/mp/')) file(request, response)
  else passOn(request, response)
})
server.listen(Number(options.port), '127.0.0.1', () => console.log(`http://localhost:${server.address().port}/`))
