// wx.getFileSystemManager: a small file system. The user's folder is kept in the browser, temporary files are not.
const { drop, held } = require('./blobs')
const bytes = require('./bytes')
const { Refused } = require('./call')

const FOLDER = 'wxfile://usr'
const PREFIX = 'mp-file:'
const inFolder = (path) => String(path).startsWith(`${FOLDER}/`)

/** The bytes of a file of the user's folder, or null. */
function read(path) {
  const text = localStorage.getItem(PREFIX + path)
  return text === null ? null : bytes.base64ToArrayBuffer(text)
}

function write(path, buffer) {
  if (!inFolder(path)) throw new Refused(`fail permission denied, open "${path}"`)
  localStorage.setItem(PREFIX + path, bytes.arrayBufferToBase64(buffer))
}

/** Keep a blob in the user's folder. */
async function store(path, blob) {
  write(path, await blob.arrayBuffer())
}

function encode(data, encoding) {
  if (data instanceof ArrayBuffer) return data
  if (encoding === 'base64') return bytes.base64ToArrayBuffer(data)
  return new TextEncoder().encode(String(data)).buffer
}

function decode(buffer, encoding) {
  if (!encoding) return buffer
  if (encoding === 'base64') return bytes.arrayBufferToBase64(buffer)
  return new TextDecoder().decode(buffer)
}

function need(path) {
  const found = read(path)
  if (found === null) throw new Refused(`fail no such file or directory, open "${path}"`)
  return found
}

const sync = {
  readFileSync: (path, encoding) => decode(need(path), encoding),
  writeFileSync: (path, data, encoding) => write(path, encode(data, encoding)),
  accessSync: (path) => void (held.has(path) || path === FOLDER || need(path)),
  unlinkSync(path) {
    if (drop(path)) return
    need(path)
    localStorage.removeItem(PREFIX + path)
  },
  readdirSync: (path) =>
    Object.keys(localStorage)
      .filter((name) => name.startsWith(`${PREFIX}${path}/`))
      .map((name) => name.slice(`${PREFIX}${path}/`.length)),
  statSync: (path) => ({ size: need(path).byteLength, isFile: () => true, isDirectory: () => false }),
  mkdirSync() {},
}

function asProgramSees(name, act) {
  return (...values) => {
    try {
      return act(...values)
    } catch (cause) {
      throw cause instanceof Refused ? new Error(`${name}:${cause.text}`) : cause
    }
  }
}

/** Files have no promises in WeChat: callbacks only. */
function later(name, act) {
  return (options = {}) => {
    Promise.resolve()
      .then(() => act(options))
      .then(
        (answer) => {
          options.success?.({ errMsg: `${name}:ok`, ...answer })
          options.complete?.({ errMsg: `${name}:ok`, ...answer })
        },
        (cause) => {
          const errMsg = `${name}:${cause.text || `fail ${cause.message}`}`
          options.fail?.({ errMsg })
          options.complete?.({ errMsg })
        },
      )
  }
}

async function contentOf(path) {
  return held.has(path) ? held.get(path).blob.arrayBuffer() : need(path)
}

const manager = {
  ...Object.fromEntries(Object.entries(sync).map(([name, act]) => [name, asProgramSees(name, act)])),
  readFile: later('readFile', async ({ filePath, encoding }) => ({
    data: decode(await contentOf(filePath), encoding),
  })),
  writeFile: later(
    'writeFile',
    ({ filePath, data, encoding = 'utf8' }) => void sync.writeFileSync(filePath, data, encoding),
  ),
  access: later('access', ({ path }) => sync.accessSync(path)),
  unlink: later('unlink', ({ filePath }) => sync.unlinkSync(filePath)),
  readdir: later('readdir', ({ dirPath }) => ({ files: sync.readdirSync(dirPath) })),
  stat: later('stat', ({ path }) => ({ stats: sync.statSync(path) })),
  mkdir: later('mkdir', () => ({})),
  copyFile: later('copyFile', async ({ srcPath, destPath }) => write(destPath, await contentOf(srcPath))),
  saveFile: later('saveFile', async ({ tempFilePath, filePath }) => {
    const path = filePath || `${FOLDER}/${tempFilePath.split('/').pop()}`
    write(path, await contentOf(tempFilePath))
    return { savedFilePath: path }
  }),
  getFileInfo: later('getFileInfo', async ({ filePath }) => ({ size: (await contentOf(filePath)).byteLength })),
}

module.exports = { env: { USER_DATA_PATH: FOLDER }, getFileSystemManager: () => manager, ...bytes }
Object.defineProperties(module.exports, { store: { value: store }, read: { value: read } })
