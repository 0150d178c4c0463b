// What is typed: input and textarea.
const { builtIn, control, fire } = require('./define')

const MODES = {
  number: 'numeric',
  digit: 'decimal',
  idcard: 'text',
  text: 'text',
  nickname: 'text',
  'safe-password': 'text',
}

const props = {
  name: String,
  value: { type: null, value: '' },
  placeholder: String,
  placeholderStyle: String,
  placeholderClass: String,
  disabled: Boolean,
  maxlength: { type: Number, value: 140 },
  focus: Boolean,
  autoFocus: Boolean,
  type: { type: String, value: 'text' },
  password: Boolean,
  confirmType: String,
  confirmHold: Boolean,
  autoHeight: Boolean,
  fixed: Boolean,
  cursorSpacing: Number,
  cursor: Number,
  selectionStart: Number,
  selectionEnd: Number,
  adjustPosition: Boolean,
  holdKeyboard: Boolean,
  showConfirmBar: Boolean,
  disableDefaultPadding: Boolean,
  alwaysEmbed: Boolean,
}

function listen(self, input, multiline) {
  const say = (name, more) => fire(self, name, { value: input.value, cursor: input.selectionStart ?? 0, ...more })
  input.addEventListener('input', () => {
    const before = self.data.value
    self.setData({ value: input.value })
    say('input', { keyCode: 0, previous: before })
  })
  input.addEventListener('focus', () => say('focus', { height: 0 }))
  input.addEventListener('blur', () => {
    say('blur')
    say('change')
  })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !multiline && !event.isComposing) say('confirm')
  })
}

function field(tag, html) {
  const multiline = html === 'textarea'
  builtIn(tag, {
    props,
    reflects: ['disabled', 'autoHeight'],
    created() {
      listen(this, control(this, html), multiline)
    },
    observers: {
      value(value) {
        const text = value === undefined || value === null ? '' : String(value)
        if (this.control.value !== text) this.control.value = text
      },
      placeholder(text) {
        this.control.placeholder = text
      },
      disabled(value) {
        this.control.disabled = value
      },
      maxlength(most) {
        if (most >= 0) this.control.maxLength = most
        else this.control.removeAttribute('maxlength')
      },
      'type,password'(type, password) {
        if (multiline) return
        this.control.type = password || type === 'safe-password' ? 'password' : 'text'
        this.control.inputMode = MODES[type] || 'text'
      },
      'focus,autoFocus'(now, first) {
        if (now || first) setTimeout(() => this.control.focus())
      },
      confirmType(value) {
        this.control.enterKeyHint = { send: 'send', search: 'search', next: 'next', go: 'go' }[value] || 'done'
      },
      ariaLabel(text) {
        if (text) this.control.setAttribute('aria-label', text)
      },
    },
    methods: {
      formValue() {
        return this.control.value
      },
      formReset() {
        this.setData({ value: '' })
      },
      labelTap() {
        this.control.focus()
      },
    },
  })
}

field('input', 'input')
field('textarea', 'textarea')
