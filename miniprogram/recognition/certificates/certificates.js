// 服务证明: mine with their states, and asking for one: for all time, a year, or days of my own; with one team or all.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { tell } = require('../../lib/saying')
const { duration } = require('../../lib/text')
const view = require('../../lib/view')
const { LOOKS } = require('../words')

const [EVER, DAYS] = ['全部时间', '自己选日期']

/** @param {any} each */
const paper = (each) => ({
  code: each.code, minutes: duration(each.minutes), span: each.span, issuer: each.issuer, word: each.word, look: LOOKS[each.state] || '',
  differs: each.differs && each.state === 'valid',
})

Page(view({
  cache: 'certificates',
  data: { list: [], few: true, years: [], spans: [EVER], span: 0, first: '', last: '', teams: [], teamNames: [], team: 0 },

  async load() {
    const mine = await api.get('/me/certificates')
    return {
      list: mine.certificates.map(paper), years: mine.years, teams: mine.teams,
      spans: [EVER, ...mine.years.map((/** @type {string} */ each) => `${each}年`), DAYS],
      teamNames: ['全部的队', ...mine.teams.map((/** @type {any} */ each) => each.name)],
    }
  },

  /** @param {any} event */
  onPick(event) {
    const { field } = event.currentTarget.dataset
    const { value } = event.detail
    this.setData({ [field]: field === 'span' || field === 'team' ? Number(value) : value })
  },

  onAll() {
    this.setData({ few: false })
  },

  /** @param {any} event */
  onOpen(event) {
    opening.go(`/recognition/certificate/certificate?code=${event.currentTarget.dataset.code}`)
  },

  async onAsk() {
    const { spans, span, years, first, last, teams, team } = this.data
    const days = spans[span] === DAYS
    if (days && !(first && last)) return tell('请选从哪天到哪天。')
    const year = span && !days ? years[span - 1] : ''
    const scope = {
      first: days ? first : year && `${year}-01-01`, last: days ? last : year && `${year}-12-31`, team: team ? teams[team - 1].code : '',
    }
    await this.act('ask', async () => {
      const { codes } = await api.post('/me/certificates', {}, scope)
      await this.refresh()
      if (codes.length === 1) opening.go(`/recognition/certificate/certificate?code=${codes[0]}&asked=1`)
      else await tell(`申请好了，${codes.length} 个地方各开一张。开好了会给您发消息。`)
    })
  },
}))
