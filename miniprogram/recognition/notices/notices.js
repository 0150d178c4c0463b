// 公示: who is about to be given a star, or an honour; near a place, by pages. Open to everybody, also without a log-in.

const opening = require('../../lib/opening')
const paging = require('../../lib/paging')
const api = require('../../lib/request')
const { date } = require('../../lib/text')
const view = require('../../lib/view')

Page(view({
  data: { kind: 'stars', place: null, where: '', picking: false, list: [], more: 0, fetching: false, tail: '' },

  /** @param {Record<string, string>} query */
  onLoad(query) {
    if (query.kind === 'honours') this.setData({ kind: query.kind })
  },

  async load() {
    return this.fetch(1)
  },

  /** @param {number} page @returns {Promise<any>} */
  async fetch(page) {
    const { kind, place } = this.data
    const found = await api.get('/public/notices', { kind, region: place ? place.code : '', page })
    return {
      where: found.place, more: found.more ? page + 1 : 0,
      list: found.notices.map((each) => ({
        code: each.code, name: each.name, what: each.what, words: `${each.place}，公示到 ${date(each.last)}`,
      })),
    }
  },

  /** @param {any} event */
  async onKind(event) {
    const { kind } = event.currentTarget.dataset
    if (kind === this.data.kind) return
    this.setData({ kind, list: [], more: 0 })
    await this.refresh()
  },

  onPick() {
    this.setData({ picking: !this.data.picking })
  },

  /** @param {any} event */
  async onPlace(event) {
    this.setData({ place: event.detail, picking: false, list: [], more: 0 })
    await this.refresh()
  },

  /** @param {any} event */
  onOpen(event) {
    opening.go(`/recognition/notice/notice?kind=${this.data.kind}&code=${event.currentTarget.dataset.code}`)
  },

  async onReachBottom() {
    await paging.further(this, (page) => this.fetch(page))
  },
}))
