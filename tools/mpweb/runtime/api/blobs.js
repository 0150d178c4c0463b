// Temporary files: paths such as wxfile://tmp_1.png, and what is behind them while the page is open.
const held = new Map()
let count = 0

const ENDS = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
}

/** A new temporary path for a file of this type. */
function newPath(type) {
  count += 1
  return `wxfile://tmp_${count}.${ENDS[String(type).split(';')[0]] || 'dat'}`
}

/** Hold a blob under a path; the path. */
function keep(path, blob) {
  held.set(path, { blob, url: URL.createObjectURL(blob) })
  return path
}

function drop(path) {
  const file = held.get(path)
  if (file) URL.revokeObjectURL(file.url)
  return held.delete(path)
}

/** An address that an <img> can show: temporary files by their object, others as they are. */
function addressOf(path) {
  return held.get(path)?.url || path
}

/** The content of a temporary file, a file of the user's folder, or a picture of the package. */
async function blobOf(path) {
  if (held.has(path)) return held.get(path).blob
  const stored = require('./files').read(path)
  if (stored) return new Blob([stored])
  if (!path || /^\w+:/.test(path)) return null
  const answer = await fetch(path.replace(/^\//, ''))
  return answer.ok ? answer.blob() : null
}

module.exports = { newPath, keep, drop, addressOf, blobOf, held }
