// The source folder of a mini-program as the build reads it, and the list of what is wrong with it.
import fs from 'node:fs'
import path from 'node:path'

/** Files that DevTools keeps for itself and never packs. */
const NEVER_PACKED = new Set(['project.config.json', 'project.private.config.json'])

export class Source {
  /** @param {string} root the folder that holds app.json */
  constructor(root) {
    this.root = root
    /** @type {{file: string, line: number, message: string, warning: boolean}[]} */
    this.problems = []
    this.ignored = this.#ignoreRules()
  }

  has(file) {
    const full = path.join(this.root, file)
    return fs.existsSync(full) && fs.statSync(full).isFile()
  }

  text(file) {
    return fs.readFileSync(path.join(this.root, file), 'utf8')
  }

  size(file) {
    return fs.statSync(path.join(this.root, file)).size
  }

  /** Parsed JSON, or {} with a problem that names the line. */
  json(file) {
    const text = this.text(file)
    try {
      return JSON.parse(text)
    } catch (error) {
      const at = /position (\d+)/.exec(error.message)
      this.problem(file, at ? lineAt(text, Number(at[1])) : 1, error.message)
      return {}
    }
  }

  /** Note what is wrong; `line` is a number, or a piece of text to look for in the file. */
  problem(file, line, message, warning = false) {
    const at = typeof line === 'number' ? line : this.lineOf(file, line)
    this.problems.push({ file, line: at, message, warning })
  }

  /** The first line of the file that holds `text`, or 1. */
  lineOf(file, text) {
    if (!this.has(file)) return 1
    const whole = this.text(file)
    const at = whole.indexOf(text)
    return at < 0 ? 1 : lineAt(whole, at)
  }

  /** Every file that WeChat would pack, as sorted relative paths. */
  packed() {
    const found = []
    const walk = (folder) => {
      for (const entry of fs.readdirSync(path.join(this.root, folder), { withFileTypes: true })) {
        const file = path.posix.join(folder, entry.name)
        if (entry.name.startsWith('.') || entry.name === 'node_modules' || this.#isIgnored(file)) continue
        if (entry.isDirectory()) walk(file)
        else found.push(file)
      }
    }
    walk('')
    return found.sort()
  }

  /** `packOptions.ignore` of project.config.json: what stands in the folder and is not packed. */
  #ignoreRules() {
    if (!this.has('project.config.json')) return []
    return this.json('project.config.json').packOptions?.ignore || []
  }

  #isIgnored(file) {
    if (NEVER_PACKED.has(file)) return true
    return this.ignored.some(({ type, value }) => {
      if (type === 'suffix') return file.endsWith(value)
      if (type === 'prefix') return path.posix.basename(file).startsWith(value)
      return (
        file === value.replace(/^\.?\//, '') || file.startsWith(`${value.replace(/^\.?\//, '').replace(/\/$/, '')}/`)
      )
    })
  }
}

/** The line, counted from one, of a position in a text. */
export function lineAt(text, position) {
  return text.slice(0, position).split('\n').length
}

/** A path as written in a file, seen from that file's folder, without a leading slash. */
export function resolve(from, to) {
  if (to.startsWith('/')) return path.posix.normalize(to.slice(1))
  return path.posix.join(path.posix.dirname(from), to)
}
