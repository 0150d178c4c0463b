// Form and label: what belongs together.
const { builtIn, fire, host, inside, onTap, sameTemplate } = require('./define')

const LABELLED = 'wx-checkbox,wx-radio,wx-switch,wx-input,wx-textarea,wx-button'

builtIn('form', {
  props: { reportSubmit: Boolean },
  methods: {
    fields() {
      return inside(this, '*').filter((each) => each.data?.name && (each.formValue || isFormField(each)))
    },
    submit() {
      const value = Object.fromEntries(
        this.fields().map((each) => [each.data.name, each.formValue ? each.formValue() : each.data.value]),
      )
      fire(this, 'submit', { value })
    },
    reset() {
      this.fields().forEach((each) => each.formReset?.())
      fire(this, 'reset')
    },
  },
})

/** Components of the program with the behaviour wx://form-field. */
function isFormField(caller) {
  return !caller._$.is.startsWith('wx/') && 'value' in caller.data
}

builtIn('label', {
  props: { for: String },
  created() {
    onTap(this, (event) => {
      if (/^(INPUT|TEXTAREA)$/.test(event.target.tagName) || event.target.closest('wx-button')) return
      const { for: id } = this.data
      const hit = id ? sameTemplate(this, id) : host(this).querySelector(LABELLED)?.__wxElement
      hit?.getMethodCaller().labelTap?.()
    })
  },
})
