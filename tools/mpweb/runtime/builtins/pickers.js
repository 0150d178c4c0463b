// Pickers: a list from below for choices, the browser's own field for dates and times.
const { builtIn, fire, host, onTap } = require('./define')
const { sheet, ask } = require('../dialogs')

builtIn('picker', {
  props: {
    name: String,
    mode: { type: String, value: 'selector' },
    range: { type: Array, value: [] },
    rangeKey: String,
    value: null,
    start: String,
    end: String,
    fields: { type: String, value: 'day' },
    disabled: Boolean,
    headerText: String,
    level: String,
    customItem: String,
  },
  created() {
    this.chosen = undefined
    onTap(this, () => this.open())
  },
  observers: {
    value() {
      this.chosen = undefined
    },
  },
  methods: {
    label(item) {
      return String(this.data.rangeKey ? item?.[this.data.rangeKey] : item)
    },
    async open() {
      if (this.data.disabled) return
      const value = await CHOOSE[this.data.mode]?.(this)
      if (value === undefined || value === null) {
        fire(this, 'cancel')
        return
      }
      this.chosen = value
      fire(this, 'change', { value, ...(this.data.mode === 'region' ? { code: [], postcode: '' } : {}) })
    },
    formValue() {
      return this.chosen ?? this.data.value
    },
    formReset() {
      this.chosen = undefined
    },
    labelTap() {
      host(this).click()
    },
  },
})

const CHOOSE = {
  async selector(self) {
    const { range, value, headerText } = self.data
    const index = await sheet(
      (range || []).map((item) => self.label(item)),
      { chosen: Number(value ?? 0), title: headerText },
    )
    return index < 0 ? null : String(index)
  },
  async multiSelector(self) {
    const { range, value, headerText } = self.data
    const chosen = []
    for (const [column, items] of (range || []).entries()) {
      const index = await sheet(
        items.map((item) => self.label(item)),
        { chosen: Number(value?.[column] ?? 0), title: headerText },
      )
      if (index < 0) return null
      chosen.push(index)
      fire(self, 'columnchange', { column, value: index })
    }
    return chosen
  },
  date: (self) =>
    ask({
      type: { year: 'number', month: 'month' }[self.data.fields] || 'date',
      value: self.data.value,
      min: self.data.start,
      max: self.data.end,
      title: self.data.headerText,
    }),
  time: (self) =>
    ask({
      type: 'time',
      value: self.data.value,
      min: self.data.start,
      max: self.data.end,
      title: self.data.headerText,
    }),
  async region(self) {
    const text = await ask({ type: 'text', value: (self.data.value || []).join(' '), title: '省 市 区县，用空格分开' })
    return text === null ? null : text.split(/[ ,，]+/).filter(Boolean)
  },
}

/** Columns that one scrolls: lists of the browser here. */
builtIn('picker-view', {
  props: { value: { type: Array, value: [] }, indicatorStyle: String, maskStyle: String, immediateChange: Boolean },
  attached() {
    this.place()
  },
  observers: {
    value() {
      this.place()
    },
  },
  methods: {
    columns() {
      return [...host(this).querySelectorAll('wx-picker-view-column')]
    },
    place() {
      requestAnimationFrame(() =>
        this.columns().forEach((column, index) => {
          const item = column.children[this.data.value?.[index] || 0]
          if (item) column.scrollTop = item.offsetTop - column.offsetTop - (column.clientHeight - item.clientHeight) / 2
        }),
      )
    },
    settle() {
      const value = this.columns().map((column) => {
        const middle = column.scrollTop + column.clientHeight / 2
        const items = [...column.children]
        const at = items.findIndex((item) => item.offsetTop - column.offsetTop + item.clientHeight > middle)
        return at < 0 ? Math.max(items.length - 1, 0) : at
      })
      if (String(value) !== String(this.data.value)) fire(this, 'change', { value })
    },
  },
})

builtIn('picker-view-column', {
  created() {
    host(this).addEventListener('scrollend', () => {
      host(this).closest('wx-picker-view')?.__wxElement?.getMethodCaller().settle()
    })
  },
})
