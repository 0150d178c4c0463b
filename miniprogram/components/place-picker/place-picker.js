// A division, found by its name or step by step from the city down; says `chosen` with { code, name, path, level }.
// `smallest`: from which level on one may be taken (1 province … 5 village); a village is taken with a tap.

const { asProblem } = require('../../lib/problem')
const api = require('../../lib/request')

Component({
  options: { addGlobalClass: true },
  properties: {
    smallest: { type: Number, value: 4 },
  },
  data: {
    text: '', here: '', up: '', under: '', level: 0, searched: false, problem: '', busy: false,
    regions: /** @type {any[]} */ ([]),
  },
  lifetimes: {
    attached() {
      this.step('')
    },
  },
  methods: {
    /** @param {any} event */
    onText(event) {
      this.setData({ text: event.detail.value })
    },

    onSearch() {
      const q = this.data.text.trim()
      if (q) this.show({ q }, true)
      else this.step('')
    },

    onUp() {
      this.step(this.data.searched ? '' : this.data.up)
    },

    /** @param {string} under */
    step(under) {
      return this.show({ under }, false)
    },

    /** @param {Record<string, string>} query @param {boolean} searched */
    async show(query, searched) {
      this.setData({ busy: true, problem: '' })
      try {
        const { here, up, regions } = await api.get('/public/regions', query)
        const under = query.under || ''
        this.setData({ here, up, regions, under, level: regions.length ? regions[0].level - 1 : 5, searched })
      } catch (error) {
        this.setData({ problem: asProblem(error).message })
      }
      this.setData({ busy: false })
    },

    onAgain() {
      this.step(this.data.under)
    },

    /** @param {any} event */
    onTap(event) {
      const chosen = this.data.regions[event.currentTarget.dataset.index]
      if (chosen.has_children) this.step(chosen.code)
      else this.triggerEvent('chosen', { ...chosen, path: chosen.path || this.data.here + chosen.name })
    },

    /** The division one has stepped into, as a whole. */
    onWhole() {
      const { under, here, level } = this.data
      this.triggerEvent('chosen', { code: under, name: here, path: here, level })
    },
  },
})
