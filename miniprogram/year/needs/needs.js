// 我要点单: what I need, sent to my station; how it stands; what I say of it when it was done.

const api = require('../../lib/request')
const draft = require('../../lib/draft')
const { askYes, brief, tell } = require('../../lib/saying')
const { date, lastDay, moment } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  received: { word: '等服务站答复', look: 'wait' }, open: { word: '正在找服务队', look: 'wait' }, offered: { word: '已派给服务队', look: 'wait' },
  claimed: { word: '服务队已接单', look: 'ok' }, served: { word: '已办好', look: 'ok' }, closed: { word: '已办结', look: 'ok' },
  refused: { word: '没有受理', look: '' }, withdrawn: { word: '已撤回', look: '' },
})
const STARS = [
  { score: 5, word: '★★★★★ 很好' }, { score: 4, word: '★★★★ 好' }, { score: 3, word: '★★★ 一般' }, { score: 2, word: '★★ 不太好' },
  { score: 1, word: '★ 不好' },
]
const BLANK = {
  title: '', content: '', contact: '', domain: '', sub: '', from: '', until: '', veteran: false, home: false,
}

/** @param {any} each */
const need = (each) => ({
  code: each.code, title: each.title, about: `${moment(each.created_at)}，${each.sub_domain}`, team: each.team,
  ...(STATES[each.state] || STATES.received), stars: each.stars ? '★'.repeat(each.stars) : '',
  due: each.state === 'received' ? lastDay(each.due_at) : '', late: each.late,
  judging: each.state === 'served' || each.state === 'closed', leaving: ['received', 'open', 'offered'].includes(each.state),
})

Page(view({
  settled: true,
  data: {
    list: [], domains: [], subs: [], form: BLANK, fromWord: '', untilWord: '', asking: false, judged: '', stars: STARS, score: 0, words: '',
  },

  async load() {
    const { needs, domains } = await api.get('/me/needs')
    const written = draft.recall('need')
    const asking = this.data.asking || Boolean(written) || !needs.length
    return { list: needs.map(need), domains, asking, ...this.filled(written || this.data.form, domains) }
  },

  /** The form, and what can be chosen in it. @param {any} form @param {any[]} domains */
  filled(form, domains) {
    const chosen = domains.find((each) => each.code === form.domain)
    return {
      form, subs: chosen ? chosen.sub_domains : [], fromWord: form.from ? date(form.from) : '', untilWord: form.until ? date(form.until) : '',
    }
  },

  /** @param {Record<string, any>} changes */
  change(changes) {
    const form = { ...this.data.form, ...changes }
    this.setData(this.filled(form, this.data.domains))
    draft.keep('need', form)
  },

  onAsking() {
    this.setData({ asking: !this.data.asking })
  },

  /** @param {any} event a text or a day of the form */
  onField(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  /** @param {any} event */
  onDomain(event) {
    this.change({ domain: event.currentTarget.dataset.code, sub: '' })
  },

  /** @param {any} event */
  onSub(event) {
    this.change({ sub: event.currentTarget.dataset.code })
  },

  /** @param {any} event */
  onTick(event) {
    const { field } = event.currentTarget.dataset
    this.change({ [field]: !this.data.form[field] })
  },

  async onSend() {
    const { form } = this.data
    if (!form.title.trim() || !form.content.trim()) return tell('请写一写要办什么、什么情况。')
    if (!form.domain || !form.sub) return tell('请点一个类别。')
    await this.act('send', async () => {
      await api.post('/me/needs', {}, {
        title: form.title.trim(), content: form.content.trim(), contact: form.contact.trim(), domain: form.domain, sub_domain: form.sub,
        wanted_from: form.from, wanted_until: form.until, kind: form.veteran ? 'veteran' : 'public', private_home: form.home,
      })
      draft.drop('need')
      this.setData({ asking: false, ...this.filled(BLANK, this.data.domains) })
      await this.refresh()
      await tell('已送到您的服务站，会在三个工作日左右答复您。')
      wx.pageScrollTo({ scrollTop: 0 })
    })
  },

  /** @param {any} event */
  async onWithdraw(event) {
    const { code } = event.currentTarget.dataset
    if (!(await askYes('不需要了，撤回这个单？', { yes: '撤回', no: '不撤' }))) return
    await this.act('withdraw', async () => {
      await api.post('/me/needs/{code}/withdraw', { code })
      await this.refresh()
      brief('已撤回')
    })
  },

  /** @param {any} event */
  onJudging(event) {
    this.setData({ judged: event.currentTarget.dataset.code, score: 0, words: '' })
  },

  /** @param {any} event */
  onStars(event) {
    this.setData({ score: event.currentTarget.dataset.score })
  },

  /** @param {any} event */
  onWords(event) {
    this.setData({ words: event.detail.value })
  },

  async onJudge() {
    const { judged, score, words } = this.data
    if (!score) return tell('请先点几颗星。')
    await this.act('judge', async () => {
      await api.post('/me/needs/{code}/judge', { code: judged }, { score, words: words.trim() })
      this.setData({ judged: '' })
      await this.refresh()
      await tell('您的评价收到了，谢谢。')
    })
  },
}))
