// What lies over the page: modal, sheets, toast, loading, picture.
const { shell } = require('./shell')
const { el, button } = require('./dom')

const ICONS = { success: '✓', error: '✕', loading: '' }

/**
 * Cover the page with a mask and a box; resolves with what the box ends with.
 * @param {string} name class of the box
 * @param {(box: HTMLElement, end: (answer: any) => void) => void} fill
 * @param {{outside?: any, label?: string}} options `outside`: the answer of a tap beside the box
 */
function cover(name, fill, { outside, label } = {}) {
  return new Promise((done) => {
    const mask = el('div', 'mp-mask')
    const box = el('div', name)
    box.setAttribute('role', 'dialog')
    box.setAttribute('aria-modal', 'true')
    if (label) box.setAttribute('aria-label', label)
    const end = (answer) => {
      mask.remove()
      done(answer)
    }
    mask.addEventListener('click', (event) => {
      if (event.target === mask && outside !== undefined) end(outside)
    })
    fill(box, end)
    box.tabIndex = -1
    mask.append(box)
    shell.append(mask)
    box.focus()
  })
}

/** Title, text, one or two buttons; resolves to { confirm, content }. */
function modal({ title, content, editable, placeholder, buttons }) {
  return cover(
    'mp-dialog',
    (box, end) => {
      let input = null
      if (title) box.append(el('h3', '', title))
      if (editable) {
        input = el('input')
        input.value = content
        input.placeholder = placeholder
        box.append(input)
      } else if (content) box.append(el('p', '', content))
      const foot = el('footer')
      for (const { text, confirm, colour } of buttons) {
        const each = button(confirm ? 'mp-yes' : 'mp-no', text, () => end({ confirm, content: input?.value }))
        if (colour) each.style.color = colour
        foot.append(each)
      }
      box.append(foot)
    },
    { label: title || content },
  )
}

/** A list from below; resolves to the index, or -1. */
function sheet(items, { chosen = -1, title, colour } = {}) {
  return cover(
    'mp-sheet',
    (box, end) => {
      if (title) box.append(el('p', 'mp-sheet-title', title))
      for (const [index, text] of items.entries()) {
        const each = button(index === chosen ? 'mp-chosen' : '', text, () => end(index))
        if (colour) each.style.color = colour
        box.append(each)
      }
      box.append(button('mp-cancel', '取消', () => end(-1)))
    },
    { outside: -1, label: title },
  )
}

/** One input of the browser's own (date, time, text) from below; resolves to its value, or null. */
function ask({ type, value, min, max, title }) {
  return cover(
    'mp-sheet',
    (box, end) => {
      if (title) box.append(el('p', 'mp-sheet-title', title))
      const input = Object.assign(el('input'), { type, value: value || '' })
      if (min) input.min = min
      if (max) input.max = max
      const foot = el('footer')
      foot.append(
        button('mp-cancel', '取消', () => end(null)),
        button('mp-yes', '确定', () => end(input.value)),
      )
      box.append(input, foot)
    },
    { outside: null, label: title },
  )
}

let shown = null
let timer

/** A dark box in the middle; the next one takes its place. */
function toast({ title, icon, image, duration, mask }) {
  hideToast()
  shown = el('div', mask ? 'mp-toast-mask' : 'mp-toast-place')
  const box = el('div', `mp-toast mp-toast-${image ? 'image' : icon}`)
  box.setAttribute('role', 'status')
  if (image) box.append(Object.assign(el('img'), { src: image, alt: '' }))
  else if (icon in ICONS) box.append(el('span', 'mp-toast-icon', ICONS[icon]))
  box.append(el('span', 'mp-toast-text', title))
  shown.append(box)
  shell.append(shown)
  if (duration) timer = setTimeout(hideToast, duration)
}

function hideToast() {
  clearTimeout(timer)
  shown?.remove()
  shown = null
}

/** Pictures over the whole screen; a tap closes them. */
function pictures(urls, current) {
  return cover(
    'mp-pictures',
    (box, end) => {
      const image = Object.assign(el('img'), { src: current, alt: '' })
      box.append(image, el('p', '', `${Math.max(urls.indexOf(current), 0) + 1}/${urls.length}`))
      box.addEventListener('click', () => end())
    },
    { outside: true, label: '图片' },
  )
}

module.exports = { cover, modal, sheet, ask, toast, hideToast, pictures }
