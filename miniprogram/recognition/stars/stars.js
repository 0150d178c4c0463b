// 我的星级: the star, the way to the next one, what is on its way, asking for one and writing merits.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { tell } = require('../../lib/saying')
const { duration } = require('../../lib/text')
const view = require('../../lib/view')
const { LOOKS, numeral } = require('../words')

const RUNNING = ['review', 'announced']

/** @param {any} each @param {string[]} additions what each star asks for beside hours */
const way = (each, additions) => ({
  code: each.code, name: `${numeral(each.star)}星`, state: each.state, word: each.word, says: each.says, mayAdd: each.may_add, asks: additions[each.star - 1] || '',
  merits: each.merits, look: LOOKS[each.state] || '',
})

/** @param {any} mine GET /me/stars */
const shown = (mine) => {
  const ways = mine.ways.map((/** @type {any} */ each) => way(each, mine.additions))
  const open = ways.filter((/** @type {any} */ each) => RUNNING.includes(each.state))
  const adding = open.find((/** @type {any} */ each) => each.mayAdd)
  return {
    name: mine.star ? `${numeral(mine.star)}星志愿者` : '还没有星', stars: '★'.repeat(mine.star) + '☆'.repeat(Math.max(0, mine.ladder.length - mine.star)),
    star: mine.star, counted: duration(mine.counted), enough: mine.reached > mine.star ? `够${numeral(mine.reached)}星了` : '',
    next: mine.to_next !== null && mine.next_star !== null && mine.next_star > mine.star
      ? { name: `${numeral(mine.next_star)}星`, minutes: duration(mine.to_next) } : null,
    percent: mine.progress,
    asking: mine.can_ask ? `${numeral(mine.can_ask)}星` : '', needsMerits: Boolean(mine.can_ask) && mine.can_ask >= mine.merits_from,
    open, past: ways.filter((/** @type {any} */ each) => !RUNNING.includes(each.state)),
    steps: mine.ladder.map((/** @type {number} */ hours, /** @type {number} */ index) => ({
      name: `${numeral(index + 1)}星`, hours: `${hours} 小时`, also: mine.additions[index],
    })),
    asks: mine.can_ask ? mine.additions[mine.can_ask - 1] : '',
    meritsFrom: mine.merits_from <= mine.ladder.length ? numeral(mine.merits_from) : '', merits: adding ? adding.merits : '',
  }
}

Page(view({
  cache: 'stars',
  data: { name: '', stars: '', star: 0, counted: '', enough: '', next: null, percent: 0, asking: '', needsMerits: false, open: [], past: [], steps: [], asks: '', meritsFrom: '', merits: '' },

  async load() {
    return shown(await api.get('/me/stars'))
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ merits: event.detail.value })
  },

  async onAsk() {
    await this.act('ask', async () => {
      this.setData(shown(await api.post('/me/stars', {}, { merits: this.data.merits.trim() })))
      await tell('交上去了。有结果会告诉您。')
    })
  },

  onNotices() {
    opening.go('/recognition/notices/notices')
  },

  onHours() {
    opening.go('/recognition/hours/hours')
  },
}))
