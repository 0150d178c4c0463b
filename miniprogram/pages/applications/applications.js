// 我的入队申请: how each stands; yes or no to a recommendation, taking one back, the one reply to a refusal.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, tell } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  offered: { word: '请您答复', look: 'wait' }, submitted: { word: '等服务站决定', look: 'wait' },
  approved: { word: '已经入队', look: 'ok' }, declined: { word: '这次没有加入', look: '' },
  withdrawn: { word: '您撤回了', look: '' }, rejected: { word: '没有通过', look: 'bad' },
})

Page(view({
  cache: 'applications',
  drafts: ['reply'],
  data: { list: [], texts: '', door: null, promised: false, agreed: {}, open: '', reply: '' },

  async load() {
    const { applications } = await api.get('/me/applications')
    return {
      list: applications.map((/** @type {any} */ each) => ({ ...each, ...(STATES[each.state] || STATES.rejected), at: moment(each.at) })),
    }
  },

  /** @param {any} event The texts before a yes. */
  async onRead(event) {
    const { code, team } = event.currentTarget.dataset
    await this.act('read', async () => {
      this.setData({ door: await api.get('/teams/{team_code}/door', { team_code: team }), open: code, promised: false, agreed: {} })
    })
  },

  onPromise() {
    this.setData({ promised: !this.data.promised })
  },

  /** @param {any} event The use of my data, where my yes lacks. */
  onAgree(event) {
    const { purpose } = event.currentTarget.dataset
    this.setData({ agreed: { ...this.data.agreed, [purpose]: !this.data.agreed[purpose] } })
  },

  /** @param {any} event */
  async onAccept(event) {
    const { code } = event.currentTarget.dataset
    if (!this.data.promised) return tell('请先看完誓言和协议，再点“我看过，愿意遵守”。')
    const agreed = Object.keys(this.data.agreed).filter((each) => this.data.agreed[each])
    await this.act('answer', async () => {
      const made = await api.post('/me/applications/{code}/answer', { code }, { accepts: true, promised: true, agreed })
      this.setData({ open: '' })
      await this.refresh()
      await tell(made.member ? '您已经入队，欢迎！' : '好，等服务站决定。')
    })
  },

  /** @param {any} event */
  async onDecline(event) {
    const { code } = event.currentTarget.dataset
    if (!(await askYes('这次不加入？以后想加入，随时可以申请。', { yes: '不加入', no: '再想想' }))) return
    await this.act('answer', async () => {
      await api.post('/me/applications/{code}/answer', { code }, { accepts: false })
      await this.refresh()
    })
  },

  /** @param {any} event */
  async onWithdraw(event) {
    const { code } = event.currentTarget.dataset
    if (!(await askYes('撤回这份申请？', { yes: '撤回', no: '不撤' }))) return
    await this.act('withdraw', async () => {
      await api.del('/me/applications/{code}', { code })
      await this.refresh()
    })
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ reply: event.detail.value })
  },

  /** @param {any} event */
  async onReply(event) {
    const { code } = event.currentTarget.dataset
    await this.act('reply', async () => {
      await api.post('/me/applications/{code}/reply', { code }, { text: this.data.reply })
      this.setData({ reply: '' })
      await this.refresh()
      await tell('已经发给服务站。')
    })
  },

  onFind() {
    opening.go('/pages/join/join')
  },
}))
