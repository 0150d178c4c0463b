const { twice } = require('../lib/twice')

const greeting = Behavior({
  data: { word: 'beh' },
  methods: {
    hello() {
      return `hello ${this.data.word}`
    },
  },
})

Component({
  options: { multipleSlots: true, addGlobalClass: true },
  behaviors: [greeting],
  externalClasses: ['my-class'],
  properties: { n: Number, v: { type: String, value: '' } },
  data: { t: 0 },
  observers: {
    n(value) {
      this.setData({ t: twice(value) })
    },
  },
  methods: {
    up(event) {
      this.setData({ v: event.detail.value })
    },
  },
  relations: {
    './item': {
      type: 'child',
      linked() {
        this.linkedCount = (this.linkedCount || 0) + 1
      },
    },
  },
})
