// 时长核查 (`code`): what is doubted of my hours, my side of it, what was decided.

const api = require('../../lib/request')
const draft = require('../../lib/draft')
const opening = require('../../lib/opening')
const { tell } = require('../../lib/saying')
const { lastDay } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  held: { word: '正在核查', look: 'wait' }, hearing: { word: '请您说明', look: 'wait' }, upheld: { word: '认定不实', look: 'bad' },
  cleared: { word: '没有问题', look: 'ok' },
})

Page(view({
  settled: true,
  data: { one: null, text: '' },

  async load() {
    const { code } = this.query
    const one = await api.get('/me/cases/{code}', { code })
    const written = draft.recall(`case-${code}`)
    return {
      one: {
        ...one, ...(STATES[one.state] || STATES.held), until: one.open_until ? lastDay(one.open_until) : '',
        bar: one.bar_until ? lastDay(one.bar_until) : '',
      },
      text: written ? written.text : one.statement,
    }
  },

  /** @param {any} event */
  onText(event) {
    this.setData({ text: event.detail.value })
    draft.keep(`case-${this.query.code}`, { text: event.detail.value })
  },

  async onSpeak() {
    const { code } = this.query
    const text = this.data.text.trim()
    if (!text) return tell('请写一写当时的情况。')
    await this.act('speak', async () => {
      await api.post('/me/cases/{code}/statement', { code }, { text })
      draft.drop(`case-${code}`)
      await this.refresh()
      await tell('记下了。有结果会告诉您。')
    })
  },

  onComplain() {
    opening.go('/pages/complaint/complaint')
  },
}))
