// What the packages weigh: WeChat's limits, and our own, which is half of one of them.
import { packageOf } from './program.mjs'

const KB = 1024
export const LIMITS = { package: 2048 * KB, all: 30 * 1024 * KB, ours: 1024 * KB }

/**
 * Bytes by package ('' is the main one); too much is a problem of app.json.
 * @param {import('./source.mjs').Source} source
 */
export function weigh(source, program, limits = LIMITS) {
  const bytes = { '': 0 }
  for (const file of source.packed()) {
    const name = packageOf(program, file)
    bytes[name] = (bytes[name] || 0) + source.size(file)
  }
  const all = Object.values(bytes).reduce((sum, each) => sum + each, 0)
  for (const [name, each] of Object.entries(bytes)) {
    if (each > limits.package) {
      source.problem(
        'app.json',
        name ? `"${name}` : 1,
        `package ${name || 'main'} has ${kb(each)} KB: WeChat takes ${kb(limits.package)}`,
      )
    }
  }
  if (all > limits.all) source.problem('app.json', 1, `${kb(all)} KB in all: WeChat takes ${kb(limits.all)}`)
  if (all > limits.ours) source.problem('app.json', 1, `${kb(all)} KB in all: we keep to ${kb(limits.ours)}`)
  return { bytes, all }
}

export function kb(bytes) {
  return Math.ceil(bytes / KB)
}
