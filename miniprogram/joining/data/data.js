// 我的数据: a copy of everything the house holds of me, and the end of my account with fourteen days to think it over.

const papers = require('../../lib/papers')
const api = require('../../lib/request')
const { askYes, brief } = require('../../lib/saying')
const { duration, moment } = require('../../lib/text')
const view = require('../../lib/view')

/** What stays and what goes, with its figures. @param {Answer<'GET /me/closing'>} closing */
const losses = (closing) => [
  closing.signups ? `还没参加的报名 ${closing.signups} 个，名额给别人` : '',
  closing.redemptions ? `还没领的兑换 ${closing.redemptions} 件，退回积分账` : '',
  closing.points ? `积分 ${closing.points} 分不能再用` : '',
].filter(Boolean)

/** @param {Answer<'GET /me/closing'>} closing */
const stays = (closing) => [
  `服务时长${closing.minutes ? ` ${duration(closing.minutes)}` : ''}、积分的账：法规要求长期保存`,
  closing.open_records ? `还没确认的服务 ${closing.open_records} 次：照样核对，记在编号下` : '',
  '谁看过、改过您的信息：法规要求留痕，不能删',
  closing.certificates ? `开好的证明 ${closing.certificates} 份：还能核验，只显示半个姓名和证件末四位` : '',
].filter(Boolean)

Page(view({
  settled: true,
  data: { number: '', ready: '', whole: false, waits: false, day: '', held: '', losses: [], stays: [], sure: false },

  async load() {
    const [{ copies }, closing] = await Promise.all([api.get('/me/data'), api.get('/me/closing')])
    const ready = copies.find((each) => each.state === 'ready')
    return {
      ready: ready ? moment(ready.until) : '', whole: Boolean(ready && ready.whole),
      waits: !ready && copies.length > 0, day: closing.due_at ? moment(closing.due_at) : '', held: closing.held,
      losses: losses(closing), stays: stays(closing),
    }
  },

  /** @param {any} event */
  onNumber(event) {
    this.setData({ number: event.detail.value })
  },

  async onAsk() {
    if (!(await this.act('ask', () => api.post('/me/data', {}, { document: this.data.number.trim() })))) return
    this.setData({ number: '' })
    await this.refresh()
    brief('好了发消息告诉您')
  },

  /** The address is good for ten minutes: fetched anew in the tap. */
  async onOpen() {
    await this.act('open', async () => {
      const { copies } = await api.get('/me/data')
      const ready = copies.find((each) => each.state === 'ready')
      if (ready) await papers.open(ready.pdf)
    })
  },

  onSure() {
    this.setData({ sure: true })
  },

  async onClose() {
    if (!(await askYes('申请注销？14 天以内随时可以撤回。', { yes: '申请注销', no: '不注销' }))) return
    if (!(await this.act('close', () => api.post('/me/closing', {})))) return
    this.setData({ sure: false })
    await this.refresh()
  },

  async onStay() {
    if (!(await this.act('stay', () => api.del('/me/closing', {})))) return
    await this.refresh()
    brief('撤回了，照常使用')
  },
}))
