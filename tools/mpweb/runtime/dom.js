// Small helpers for the shell's own elements.

/** An element with a class and a text. */
function el(tag, name, text) {
  const made = document.createElement(tag)
  if (name) made.className = name
  if (text !== undefined) made.textContent = text
  return made
}

/** A button with a label that screen readers say and tests find. */
function button(name, text, act, label) {
  const made = el('button', name, text)
  made.type = 'button'
  if (label) made.setAttribute('aria-label', label)
  made.addEventListener('click', act)
  return made
}

module.exports = { el, button }
