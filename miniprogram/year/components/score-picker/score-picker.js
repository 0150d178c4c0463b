// A score as people say it: five words, and a number for who has one in mind. Says `score` with { score }; -1: no number.

Component({
  options: { addGlobalClass: true },
  properties: {
    steps: Array,
    score: { type: Number, value: -1 },
    head: String,
  },
  data: { chosen: -1, exact: '' },
  observers: {
    'steps, score'(/** @type {{ score: number }[]} */ steps, /** @type {number} */ score) {
      if (this.data.exact && read(this.data.exact) === score) return // just typed here
      const word = steps.some((each) => each.score === score)
      this.setData({ chosen: word ? score : -1, exact: word || score < 0 ? '' : String(score) })
    },
  },
  methods: {
    /** @param {any} event */
    onStep(event) {
      const { score } = event.currentTarget.dataset
      this.setData({ chosen: score, exact: '' })
      this.triggerEvent('score', { score })
    },

    /** @param {any} event */
    onExact(event) {
      const exact = event.detail.value.trim()
      this.setData({ exact, chosen: -1 })
      this.triggerEvent('score', { score: read(exact) })
    },
  },
})

/** @param {string} text */
const read = (text) => (/^[0-9]{1,3}$/.test(text) ? Number(text) : -1)
