// 转队: where to, the new team's texts, the waiting; yes or no to what my team asked for me.

const api = require('../../lib/request')
const { askYes, brief, tell } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

const PAST = /** @type {Record<string, { word: string, look: string }>} */ ({
  done: { word: '已经转过去了', look: 'ok' }, refused: { word: '没有同意', look: '' }, withdrawn: { word: '撤回了', look: '' },
})

Page(view({
  settled: true,
  data: { running: null, past: [], text: '', teams: [], searched: false, door: null, reason: '', promised: false },

  async load() {
    const { transfers } = await api.get('/me/transfers')
    const shown = transfers.map((/** @type {any} */ each) => ({ ...each, at: moment(each.at), ...PAST[each.state] }))
    const running = shown.find((/** @type {any} */ each) => !PAST[each.state]) || null
    const asked = running && running.state === 'asked'
    const door = asked ? await api.get('/teams/{team_code}/door', { team_code: running.to_code }) : running ? null : this.data.door
    return { running, door, past: shown.filter((/** @type {any} */ each) => each !== running) }
  },

  /** @param {any} event */
  onField(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  async onSearch() {
    const text = this.data.text.trim()
    if (!text) return tell('请写队名或地名，比如：东湖。')
    await this.act('search', async () => {
      const { teams } = await api.get('/teams', { q: text })
      this.setData({ teams: teams.filter((/** @type {any} */ each) => !each.mine), searched: true })
    })
  },

  /** @param {any} event */
  async onTeam(event) {
    const { code } = event.currentTarget.dataset
    await this.act('team', async () => {
      this.setData({ door: await api.get('/teams/{team_code}/door', { team_code: code }), promised: false })
      wx.pageScrollTo({ scrollTop: 0 })
    })
  },

  onOther() {
    this.setData({ door: null })
  },

  onPromise() {
    this.setData({ promised: !this.data.promised })
  },

  async saidYes() {
    if (!this.data.promised) await tell('请先看完誓言和协议，再点“我看过，愿意遵守”。')
    return this.data.promised
  },

  async onAsk() {
    if (!(await this.saidYes())) return
    const { door, reason } = this.data
    await this.act('ask', async () => {
      await api.post('/me/transfers', {}, { team_code: door.code, reason: reason.trim(), promised: true })
      this.setData({ door: null, teams: [], text: '', searched: false })
      await this.refresh()
      await tell('交上去了。有结果会告诉您。')
    })
  },

  async onAccept() {
    if (!(await this.saidYes())) return
    await this.act('answer', async () => {
      await api.post('/me/transfers/{code}/answer', { code: this.data.running.code }, { accepts: true, promised: true })
      await this.refresh()
      await tell('好的。接收的地方同意以后，会告诉您。')
    })
  },

  async onDecline() {
    if (!(await askYes('不转，留在原来的队？', { yes: '不转', no: '再想想' }))) return
    await this.act('answer', async () => {
      await api.post('/me/transfers/{code}/answer', { code: this.data.running.code }, { accepts: false })
      this.setData({ door: null })
      await this.refresh()
      brief('好的，您还在原来的队')
    })
  },

  async onWithdraw() {
    if (!(await askYes('不转了？您还在原来的队。', { yes: '不转了', no: '还要转' }))) return
    await this.act('withdraw', async () => {
      await api.del('/me/transfers/{code}', { code: this.data.running.code })
      await this.refresh()
      brief('好的，您还在原来的队')
    })
  },
}))
