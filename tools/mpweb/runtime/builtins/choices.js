// What is switched or chosen: switch, checkbox, radio, slider.
const { builtIn, control, fire, host, around, inside } = require('./define')

/** The control takes over the component's label, so that a screen reader names it. */
function ariaLabel(text) {
  if (text) this.control.setAttribute('aria-label', text)
}

builtIn('switch', {
  props: { name: String, checked: Boolean, disabled: Boolean, color: String, type: { type: String, value: 'switch' } },
  reflects: ['type'],
  created() {
    control(this, 'input', 'checkbox').addEventListener('change', () => {
      this.setData({ checked: this.control.checked })
      fire(this, 'change', { value: this.control.checked })
    })
    this.control.setAttribute('role', 'switch')
  },
  observers: {
    ariaLabel,
    checked(value) {
      this.control.checked = value
    },
    disabled(value) {
      this.control.disabled = value
    },
    color(value) {
      if (value) this.control.style.setProperty('--on', value)
    },
  },
  methods: {
    formValue() {
      return this.control.checked
    },
    formReset() {
      this.setData({ checked: false })
    },
    labelTap() {
      this.control.click()
    },
  },
})

for (const [tag, many] of [
  ['checkbox', true],
  ['radio', false],
]) {
  builtIn(`${tag}-group`, {
    props: { name: String },
    created() {
      if (!many) host(this).setAttribute('role', 'radiogroup')
    },
    methods: {
      members() {
        return inside(this, `wx-${tag}`)
      },
      formValue() {
        const chosen = this.members()
          .filter((each) => each.control.checked)
          .map((each) => each.data.value)
        return many ? chosen : chosen[0] || ''
      },
      formReset() {
        this.members().forEach((each) => (each.control.checked = false))
      },
    },
  })
  builtIn(tag, {
    props: { value: String, checked: Boolean, disabled: Boolean, color: String },
    created() {
      control(this, 'input', tag).addEventListener('change', () => {
        const group = around(this, `${tag}-group`)
        if (!group) return
        if (!many) group.members().forEach((each) => each !== this && (each.control.checked = false))
        fire(group, 'change', { value: group.formValue() })
      })
    },
    observers: {
      ariaLabel,
      checked(value) {
        this.control.checked = value
      },
      disabled(value) {
        this.control.disabled = value
      },
      color(value) {
        if (value) this.control.style.setProperty('--on', value)
      },
    },
    methods: {
      labelTap() {
        this.control.click()
      },
    },
  })
}

builtIn('slider', {
  props: {
    name: String,
    min: Number,
    max: { type: Number, value: 100 },
    step: { type: Number, value: 1 },
    value: Number,
    disabled: Boolean,
    showValue: Boolean,
    activeColor: String,
    backgroundColor: String,
    blockSize: Number,
    blockColor: String,
  },
  created() {
    const range = control(this, 'input', 'range')
    range.addEventListener('input', () => fire(this, 'changing', { value: Number(range.value) }))
    range.addEventListener('change', () => {
      this.setData({ value: Number(range.value) })
      fire(this, 'change', { value: Number(range.value) })
    })
  },
  observers: {
    ariaLabel,
    'min,max,step,value,disabled'(min, max, step, value, disabled) {
      Object.assign(this.control, { min, max, step, disabled })
      this.control.value = value
    },
    'value,showValue'(value, shows) {
      host(this).dataset.value = shows ? value : ''
    },
  },
  methods: {
    formValue() {
      return Number(this.control.value)
    },
    formReset() {
      this.setData({ value: this.data.min })
    },
  },
})
