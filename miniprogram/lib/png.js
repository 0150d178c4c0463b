// A picture of black and white squares as a data address for <image>: PNG, one bit a dot, not compressed.

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const QUIET = 4 // squares of white around, as scanners want it

/** @param {number[]} bytes */
const base64 = (bytes) => {
  const found = []
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i] << 16) | ((bytes[i + 1] || 0) << 8) | (bytes[i + 2] || 0)
    found.push(LETTERS[three >>> 18], LETTERS[(three >>> 12) & 63])
    found.push(i + 1 < bytes.length ? LETTERS[(three >>> 6) & 63] : '=', i + 2 < bytes.length ? LETTERS[three & 63] : '=')
  }
  return found.join('')
}

/** @param {number} value */
const four = (value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

/** @param {number[]} bytes */
const crc = (bytes) => {
  let found = -1
  for (const byte of bytes) {
    found ^= byte
    for (let i = 0; i < 8; i++) found = (found >>> 1) ^ (found & 1 ? 0xedb88320 : 0)
  }
  return (found ^ -1) >>> 0
}

/** @param {number[]} bytes */
const adler = (bytes) => {
  let [a, b] = [1, 0]
  for (const byte of bytes) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return ((b << 16) | a) >>> 0
}

/** @param {string} name @param {number[]} data */
const chunk = (name, data) => {
  const body = [...name].map((letter) => letter.charCodeAt(0)).concat(data)
  return [...four(data.length), ...body, ...four(crc(body))]
}

/**
 * @param {number[][]} rows 1 is dark
 * @param {number} scale dots a square
 * @returns {string} data:image/png;base64,…
 */
const picture = (rows, scale) => {
  const size = (rows.length + 2 * QUIET) * scale
  const line = Math.ceil(size / 8)
  const raw = []
  for (let y = 0; y < size; y++) {
    const row = rows[Math.floor(y / scale) - QUIET]
    raw.push(0)
    for (let byte = 0; byte < line; byte++) {
      let bits = 0
      for (let bit = 0; bit < 8; bit++) {
        const x = Math.floor((byte * 8 + bit) / scale) - QUIET
        bits = (bits << 1) | (row && row[x] ? 0 : 1)
      }
      raw.push(bits)
    }
  }
  const stream = [0x78, 0x01]
  for (let at = 0; at < raw.length; at += 65535) {
    const part = raw.slice(at, at + 65535)
    const length = part.length
    stream.push(at + 65535 >= raw.length ? 1 : 0, length & 255, length >>> 8, ~length & 255, (~length >>> 8) & 255)
    for (const byte of part) stream.push(byte)
  }
  stream.push(...four(adler(raw)))
  const head = [...four(size), ...four(size), 1, 0, 0, 0, 0]
  const file = [137, 80, 78, 71, 13, 10, 26, 10, ...chunk('IHDR', head), ...chunk('IDAT', stream), ...chunk('IEND', [])]
  return `data:image/png;base64,${base64(file)}`
}

module.exports = { picture }
