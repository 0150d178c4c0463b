// 我的时长: totals, the years, each service with its state in words; one that is wrong leads to an objection.

const opening = require('../../lib/opening')
const paging = require('../../lib/paging')
const api = require('../../lib/request')
const { clock, date, duration } = require('../../lib/text')
const view = require('../../lib/view')

const FEW = 3 // years shown until the others are asked for

/** @param {any} each a record of GET /me/records */
const record = (each) => ({
  id: each.id, title: each.title || (each.source === 'transferred' ? '以前的时长' : each.team), team: each.title ? each.team : '',
  when: `${date(each.local_day)}${each.in_at ? `　${clock(each.in_at)}` : ''}${each.out_at ? `–${clock(each.out_at)}` : ''}`,
  minutes: each.minutes && each.state !== 'void' ? duration(each.minutes) : '',
  word: each.word, look: each.look, says: each.says, madeUp: each.source === 'supplement', mayObject: each.may_object,
})

Page(view({
  cache: 'hours',
  data: { facts: [], total: '', years: [], older: false, year: '', list: [], more: 0, fetching: false, tail: '' },

  async load() {
    const [hours, shown] = await Promise.all([api.get('/me/hours'), this.page(0)])
    return {
      ...shown, year: this.data.year, total: duration(hours.total),
      facts: [
        { name: '今年', minutes: hours.year }, { name: '本月', minutes: hours.month }, { name: '等确认', minutes: hours.pending },
        { name: '其中以前的时长', minutes: hours.transferred }, { name: '其中补录的', minutes: hours.supplement },
      ].filter(({ name, minutes }) => minutes || name === '今年').map(({ name, minutes }) => ({ name, value: duration(minutes) })),
      years: hours.years.map((/** @type {any} */ each, /** @type {number} */ index) => ({
        year: each.year, words: `${duration(each.minutes)}，${each.records} 次`, early: index >= FEW,
      })),
    }
  },

  /** @param {number} after */
  async page(after) {
    const { records } = await api.get('/me/records', { year: this.data.year, limit: paging.SIZE, after: after || '' })
    const full = records.length === paging.SIZE
    return { list: records.map(record), more: full ? records[records.length - 1].id : 0 }
  },

  onReachBottom() {
    return paging.further(this, (after) => this.page(after))
  },

  onOlder() {
    this.setData({ older: true })
  },

  /** @param {any} event One year alone, or all of them again. */
  async onYear(event) {
    const { year } = event.currentTarget.dataset
    const before = this.data.year
    this.setData({ year: year === before ? '' : year })
    const done = await this.act('year', async () => this.setData(await this.page(0)))
    if (!done) this.setIfHere({ year: before })
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },
}))
