// Words: text, rich-text, icon, progress.
const { builtIn, control, host } = require('./define')

builtIn('text', {
  props: { selectable: Boolean, userSelect: Boolean, space: String, decode: Boolean },
  reflects: ['userSelect'],
})

const FORBIDDEN = 'script,style,iframe,object,embed,link,meta,form,input,button,textarea'

/** What rich-text may hold: no scripts, no handlers, no controls; sizes in rpx work. */
function cleaned(html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  parsed.querySelectorAll(FORBIDDEN).forEach((each) => each.remove())
  for (const each of parsed.querySelectorAll('*')) {
    for (const { name, value } of [...each.attributes]) {
      if (/^on/i.test(name) || /^\s*javascript:/i.test(value)) each.removeAttribute(name)
    }
  }
  return [...parsed.body.childNodes]
}

function built(nodes) {
  return nodes.map((node) => {
    if (node.type === 'text') return document.createTextNode(node.text || '')
    const made = document.createElement(
      /^(script|iframe|object|embed|style|link)$/i.test(node.name) ? 'span' : node.name || 'span',
    )
    for (const [name, value] of Object.entries(node.attrs || {})) if (!/^on/i.test(name)) made.setAttribute(name, value)
    made.append(...built(node.children || []))
    return made
  })
}

builtIn('rich-text', {
  props: { nodes: null, space: String, userSelect: Boolean },
  observers: {
    nodes(value) {
      host(this).replaceChildren(...(Array.isArray(value) ? built(value) : cleaned(String(value ?? ''))))
    },
  },
})

const ICONS = {
  success: '✔',
  success_no_circle: '✓',
  warn: '!',
  info: 'i',
  cancel: '✕',
  download: '↓',
  search: '⌕',
  clear: '✕',
  waiting: '◷',
}

builtIn('icon', {
  props: { type: String, size: { type: null, value: 23 }, color: String },
  reflects: ['type'],
  observers: {
    'type,size,color'(type, size, color) {
      const element = host(this)
      const length = String(size)
      element.textContent = ICONS[type] || ''
      element.style.fontSize = length.endsWith('rpx')
        ? `calc(${Number.parseFloat(length)} * var(--rpx))`
        : `${Number.parseFloat(length)}px`
      element.style.color = color
    },
  },
})

builtIn('progress', {
  props: {
    percent: Number,
    showInfo: Boolean,
    strokeWidth: null,
    color: String,
    activeColor: String,
    backgroundColor: String,
    active: Boolean,
    borderRadius: null,
    fontSize: null,
  },
  created() {
    control(this, 'progress').max = 100
  },
  observers: {
    'percent,showInfo'(percent, shows) {
      this.control.value = percent
      host(this).dataset.info = shows ? `${percent}%` : ''
    },
    'activeColor,color'(active, color) {
      if (active || color) this.control.style.setProperty('--on', active || color)
    },
  },
})
