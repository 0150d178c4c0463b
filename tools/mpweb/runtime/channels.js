// The two ends of an event channel between a page and the one that opened it.

function end() {
  return { heard: new Map(), waiting: new Map() }
}

function listen(at, name, act, once) {
  if (!at.heard.has(name)) at.heard.set(name, [])
  at.heard.get(name).push({ act, once })
  const late = at.waiting.get(name) || []
  at.waiting.delete(name)
  late.forEach((values) => send(at, name, values))
}

function send(at, name, values) {
  const acts = at.heard.get(name)
  if (!acts?.length) {
    at.waiting.set(name, [...(at.waiting.get(name) || []), values])
    return
  }
  at.heard.set(
    name,
    acts.filter(({ once }) => !once),
  )
  acts.forEach(({ act }) => act(...values))
}

function forget(at, name, act) {
  at.heard.set(name, act ? (at.heard.get(name) || []).filter((each) => each.act !== act) : [])
}

/** What is emitted at one end is heard at the other, also by who listens a moment later. */
function channels() {
  const ends = [end(), end()]
  const face = (mine, theirs) => ({
    on: (name, act) => listen(mine, name, act, false),
    once: (name, act) => listen(mine, name, act, true),
    off: (name, act) => forget(mine, name, act),
    emit: (name, ...values) => send(theirs, name, values),
  })
  return [face(ends[0], ends[1]), face(ends[1], ends[0])]
}

module.exports = { channels }
