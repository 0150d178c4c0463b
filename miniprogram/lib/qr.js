// A QR code without a network: bytes, level M, versions 1 to 20 (ISO/IEC 18004), as rows of 0 and 1.

const ECC = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26] // codewords of correction a block
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16]
const MASKS = [
  (/** @type {number} */ x, /** @type {number} */ y) => (x + y) % 2 === 0,
  (/** @type {number} */ _, /** @type {number} */ y) => y % 2 === 0,
  (/** @type {number} */ x) => x % 3 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => (x + y) % 3 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

/** @param {string} text @returns {number[]} UTF-8 */
const bytesOf = (text) => {
  const found = []
  for (const part of encodeURIComponent(text).match(/%..|./g) || []) {
    found.push(part.length === 3 ? parseInt(part.slice(1), 16) : part.charCodeAt(0))
  }
  return found
}

// ---- Reed-Solomon over GF(256), polynomial 0x11d

/** @param {number} x @param {number} y */
const times = (x, y) => {
  let z = 0
  for (let i = 7; i >= 0; i--) {
    z = (z << 1) ^ ((z >>> 7) * 0x11d)
    z ^= ((y >>> i) & 1) * x
  }
  return z
}

/** @param {number} degree */
const divisor = (degree) => {
  const found = Array(degree).fill(0)
  found[degree - 1] = 1
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      found[j] = times(found[j], root)
      if (j + 1 < degree) found[j] ^= found[j + 1]
    }
    root = times(root, 2)
  }
  return found
}

/** @param {number[]} data @param {number[]} by */
const remainder = (data, by) => {
  const found = by.map(() => 0)
  for (const byte of data) {
    const factor = byte ^ /** @type {number} */ (found.shift())
    found.push(0)
    by.forEach((each, i) => { found[i] ^= times(each, factor) })
  }
  return found
}

// ---- From bytes to codewords

/** @param {number} version how many modules carry data and correction */
const rawModules = (version) => {
  let found = (16 * version + 128) * version + 64
  if (version >= 2) {
    const marks = Math.floor(version / 7) + 2
    found -= (25 * marks - 10) * marks - 55
    if (version >= 7) found -= 36
  }
  return found
}

/** @param {number} version */
const capacity = (version) => Math.floor(rawModules(version) / 8) - ECC[version - 1] * BLOCKS[version - 1]

/** @param {number[]} bytes @param {number} version */
const dataCodewords = (bytes, version) => {
  const bits = /** @type {number[]} */ ([])
  const put = (/** @type {number} */ value, /** @type {number} */ length) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1)
  }
  put(4, 4)
  put(bytes.length, version < 10 ? 8 : 16)
  bytes.forEach((byte) => put(byte, 8))
  const room = capacity(version) * 8
  put(0, Math.min(4, room - bits.length))
  put(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8)
  const found = []
  for (let i = 0; i < bits.length; i += 8) found.push(parseInt(bits.slice(i, i + 8).join(''), 2))
  return found
}

/** @param {number[]} data @param {number} version the blocks with their correction, woven */
const woven = (data, version) => {
  const [blocks, ecc] = [BLOCKS[version - 1], ECC[version - 1]]
  const raw = Math.floor(rawModules(version) / 8)
  const short = blocks - (raw % blocks)
  const length = Math.floor(raw / blocks) - ecc
  const by = divisor(ecc)
  const rows = []
  for (let i = 0, at = 0; i < blocks; i++) {
    const part = data.slice(at, at + length + (i < short ? 0 : 1))
    at += part.length
    rows.push({ part, correction: remainder(part, by) })
  }
  const found = []
  for (let i = 0; i <= length; i++) for (const row of rows) if (i < row.part.length) found.push(row.part[i])
  for (let i = 0; i < ecc; i++) for (const row of rows) found.push(row.correction[i])
  return found
}

// ---- From codewords to modules

/** @param {number} version */
const alignments = (version) => {
  if (version === 1) return []
  const marks = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (marks * 2 - 2)) * 2
  const found = [6]
  for (let at = version * 4 + 10; found.length < marks; at -= step) found.splice(1, 0, at)
  return found
}

/**
 * @param {string} text at most some 660 bytes
 * @returns {number[][]} rows of modules, 1 is dark; without the quiet zone
 */
const encode = (text) => {
  const bytes = bytesOf(text)
  let version = 1
  while (version <= ECC.length && capacity(version) * 8 < 4 + (version < 10 ? 8 : 16) + bytes.length * 8) version++
  if (version > ECC.length) throw new Error('too long for a QR code')
  const size = version * 4 + 17
  const dark = Array.from({ length: size }, () => Array(size).fill(0))
  const fixed = Array.from({ length: size }, () => Array(size).fill(false))
  const set = (/** @type {number} */ x, /** @type {number} */ y, /** @type {boolean | number} */ on) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return
    dark[y][x] = on ? 1 : 0
    fixed[y][x] = true
  }
  drawFixed(version, size, set, fixed)
  place(woven(dataCodewords(bytes, version), version), size, dark, fixed)
  const best = MASKS.map((mask, number) => {
    const tried = dark.map((row, y) => row.map((each, x) => (fixed[y][x] ? each : each ^ Number(mask(x, y)))))
    drawFormat(number, size, (x, y, on) => { tried[y][x] = on ? 1 : 0 })
    return { tried, penalty: penalty(tried) }
  })
  return best.reduce((a, b) => (b.penalty < a.penalty ? b : a)).tried
}

/** @typedef {(x: number, y: number, on: boolean | number) => void} Set */

/** @param {number} version @param {number} size @param {Set} set @param {boolean[][]} fixed */
const drawFixed = (version, size, set, fixed) => {
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy))
        set(cx + dx, cy + dy, ring !== 2 && ring !== 4)
      }
    }
  }
  for (const cy of alignments(version)) {
    for (const cx of alignments(version)) {
      if (fixed[cy][cx] && (cx === 6 || cy === 6) && !inLine(cx, cy, size)) continue
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1)
      }
    }
  }
  drawFormat(0, size, set)
  if (version >= 7) drawVersion(version, size, set)
}

/** Whether an alignment mark on the timing line stands clear of the corners. @param {number} x @param {number} y @param {number} size */
const inLine = (x, y, size) => !((x === 6 && (y === 6 || y === size - 7)) || (y === 6 && x === size - 7))

/** @param {number} mask @param {number} size @param {Set} set */
const drawFormat = (mask, size, set) => {
  let rest = mask // level M is 00
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
  const bits = ((mask << 10) | rest) ^ 0x5412
  const bit = (/** @type {number} */ i) => (bits >>> i) & 1
  for (let i = 0; i <= 5; i++) set(8, i, bit(i))
  set(8, 7, bit(6))
  set(8, 8, bit(7))
  set(7, 8, bit(8))
  for (let i = 9; i < 15; i++) set(14 - i, 8, bit(i))
  for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(i))
  for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(i))
  set(8, size - 8, 1)
}

/** @param {number} version @param {number} size @param {Set} set */
const drawVersion = (version, size, set) => {
  let rest = version
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25)
  const bits = (version << 12) | rest
  for (let i = 0; i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)]
    set(a, b, (bits >>> i) & 1)
    set(b, a, (bits >>> i) & 1)
  }
}

/** @param {number[]} codewords @param {number} size @param {number[][]} dark @param {boolean[][]} fixed */
const place = (codewords, size, dark, fixed) => {
  let i = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      for (const x of [right, right - 1]) {
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step
        if (fixed[y][x] || i >= codewords.length * 8) continue
        dark[y][x] = (codewords[i >>> 3] >>> (7 - (i & 7))) & 1
        i++
      }
    }
  }
}

/** @param {number[][]} rows how ill a mask suits the eye of a scanner: runs, squares, false finders, balance */
const penalty = (rows) => {
  const size = rows.length
  let found = 0
  const columns = rows.map((_, x) => rows.map((row) => row[x]))
  for (const line of [...rows, ...columns]) {
    const text = line.join('')
    for (const run of text.match(/0{5,}|1{5,}/g) || []) found += run.length - 2
    for (let at = text.indexOf('1011101'); at >= 0; at = text.indexOf('1011101', at + 1)) {
      if (/^0{4}$/.test(text.slice(at - 4, at)) || /^0{4}$/.test(text.slice(at + 7, at + 11))) found += 40
    }
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const sum = rows[y][x] + rows[y - 1][x] + rows[y][x - 1] + rows[y - 1][x - 1]
      if (sum === 0 || sum === 4) found += 3
    }
  }
  const share = rows.reduce((all, row) => all + row.reduce((a, b) => a + b, 0), 0) / (size * size)
  return found + Math.floor(Math.abs(share - 0.5) * 20) * 10
}

module.exports = { encode }
