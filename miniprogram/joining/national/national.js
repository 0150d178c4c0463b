// 全国志愿服务注册: one's number in the national system, and how to get one (S71).

const api = require('../../lib/request')
const { brief, tell } = require('../../lib/saying')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  none: { word: '还没有填', look: '' }, reported: { word: '等服务中心核对', look: 'wait' }, verified: { word: '已核验', look: 'ok' },
})

Page(view({
  settled: true,
  data: { said: STATES.none, kept: '', number: '' },

  async load() {
    const { number, state } = await api.get('/me/national')
    return { said: STATES[state] || STATES.none, kept: number, number }
  },

  /** @param {any} event */
  onNumber(event) {
    this.setData({ number: event.detail.value })
  },

  async onKeep() {
    const number = this.data.number.trim()
    if (!number) return tell('请先填上编号。')
    if (!(await this.act('keep', () => api.put('/me/national', {}, { number })))) return
    await this.refresh()
    brief('编号记下了')
  },
}))
