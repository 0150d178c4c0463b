// How an interface of wx answers: success / fail / complete, or a promise where none of them is given.
const { error, called } = require('../report')

/** A refusal as WeChat words it; `errMsg` becomes `name:fail …`. */
class Refused {
  constructor(text, facts, misuse) {
    this.text = text
    this.facts = facts || {}
    this.misuse = misuse
  }
}

/** What an act may throw: `fail` for what happens to people, `misuse` for what the program does wrong. */
const refusals = {
  fail(text, facts) {
    throw new Refused(text, facts, false)
  },
  misuse(text, facts) {
    throw new Refused(text, facts, true)
  },
}

function settle(name, options, answer) {
  const result = { errMsg: `${name}:ok`, ...answer }
  options.success?.(result)
  options.complete?.(result)
  return result
}

function refuse(name, options, cause) {
  const known = cause instanceof Refused
  const errMsg = `${name}:${known ? cause.text : `fail ${cause?.message || cause}`}`
  if (!known) error(`wx.${name}`, cause)
  else if (cause.misuse) error(errMsg)
  const result = { errno: undefined, ...(known ? cause.facts : {}), errMsg }
  if (result.errno === undefined) delete result.errno
  options.fail?.(result)
  options.complete?.(result)
  return result
}

/** Callbacks run outside the promise, so that what they throw is the program's own error. */
function later(act) {
  return (value) => {
    try {
      return act(value)
    } catch (cause) {
      error('callback', cause)
      return undefined
    }
  }
}

/**
 * An interface from an act `(options, refusals) → answer or promise`.
 * @param {string} name
 * @param {Function} act
 * @param {{before?: Function}} settings `before`: asked first, e.g. for privacy; may refuse
 */
function call(name, act, { before } = {}) {
  return (given) => {
    const options = given || {}
    called(name, options)
    const wantsCallbacks = options.success || options.fail || options.complete
    const run = before
      ? Promise.resolve(before(name, options, refusals)).then(() => act(options, refusals))
      : attempt(name, act, options)
    if (wantsCallbacks) {
      run.then(
        later((answer) => settle(name, options, answer)),
        later((cause) => refuse(name, options, cause)),
      )
      return undefined
    }
    return run.then(
      (answer) => settle(name, options, answer),
      (cause) => {
        throw refuse(name, options, cause)
      },
    )
  }
}

/** The act begins at once, not in a later turn: a tap is still a tap. */
function attempt(name, act, options) {
  try {
    require('./shapes').check(name, options)
    return Promise.resolve(act(options, refusals))
  } catch (cause) {
    return Promise.reject(cause)
  }
}

module.exports = { call, refusals, Refused }
