// wx.onSomething / wx.offSomething: who listens, and telling them.
const { error } = require('./report')

const heard = new Map()

function on(name, act) {
  heard.set(name, [...(heard.get(name) || []), act])
}

function off(name, act) {
  heard.set(name, act ? (heard.get(name) || []).filter((each) => each !== act) : [])
}

/** Tell all who listen; what one throws does not keep it from the others. */
function signal(name, value) {
  for (const act of heard.get(name) || []) {
    try {
      act(value)
    } catch (cause) {
      error(`wx.on ${name}`, cause)
    }
  }
}

module.exports = { on, off, signal, listeners: (name) => heard.get(name) || [] }
