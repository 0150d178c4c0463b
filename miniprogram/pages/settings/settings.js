// 设置: large text, which messages are pushed, what is kept of me, the chat that does not know me, leaving.

const api = require('../../lib/request')
const asking = require('../../lib/asking')
const mine = require('../../lib/mine')
const { askYes, brief, tell } = require('../../lib/saying')
const textsize = require('../../lib/textsize')
const view = require('../../lib/view')

Page(view({
  cache: 'settings',
  data: { large: false, guest: false, choices: null, me: null, consents: [], open: '', digits: '', moving: false },

  onLoad() {
    this.setData({ large: textsize.isLarge() })
  },

  async load() {
    const [choices, me, { consents }] = await Promise.all([
      api.get('/me/message-choices'), api.get('/me'), api.get('/me/consents'),
    ])
    asking.hold('remind', choices.templates)
    return { choices, me, consents }
  },

  onLarge() {
    const large = !this.data.large
    textsize.choose(large)
    this.setData({ large, size: textsize.size() })
  },

  /** @param {any} event */
  async onGroup(event) {
    const { group, on } = event.currentTarget.dataset
    const done = await this.act(`group-${group}`, () => api.put('/me/message-choices/{group}', { group }, { on: !on }))
    if (done) await this.refresh()
  },

  async onFewer() {
    const done = await this.act('fewer', () => api.put('/me/message-choices', {}, { fewer: !this.data.choices.fewer }))
    if (done) await this.refresh()
  },

  async onRemind() {
    if (await asking.ask('remind')) await this.refresh()
    else await tell('微信没有让我们发提醒。请在微信里关注我们的公众号，提醒会发到那里；“消息”里也都能看到。')
  },

  /** @param {any} event */
  async onConsent(event) {
    const { purpose, given, title } = event.currentTarget.dataset
    const places = purpose === 'service' ? '报了名、还没去的活动一并取消，名额让给别人。' : ''
    const words = given ? `撤回“${title}”？撤回以后不再这样用您的信息，以前的记录不变。${places}` : `同意“${title}”？`
    if (!(await askYes(words, { yes: given ? '撤回' : '同意', no: '不改' }))) return
    const done = await this.act(`consent-${purpose}`, () => api.put('/me/consents/{purpose}', { purpose }, { given: !given }))
    if (done) await this.refresh()
  },

  /** @param {any} event */
  onText(event) {
    const { purpose } = event.currentTarget.dataset
    this.setData({ open: this.data.open === purpose ? '' : purpose })
  },

  /** Registered here, and the chat does not know it: six digits, typed there. */
  async onDigits() {
    await this.act('digits', async () => {
      const { digits } = await api.post('/session/digits')
      this.setIfHere({ digits })
    })
  },

  /** @param {any} event */
  async onLeaveTeam(event) {
    const { code, name } = event.currentTarget.dataset
    if (!(await askYes(`退出“${name}”？您的时长和积分都会保留，以后还可以再加入。`, { yes: '退出', no: '不退' }))) return
    const done = await this.act('leave', () => api.del('/me/teams/{team_code}', { team_code: code }))
    if (done) {
      await this.refresh()
      brief('已经退出')
    }
  },

  async onLogOut() {
    if (!(await askYes('退出登录以后，这部手机上不再留您的信息。要再用，到首页点“重新登录”。', { yes: '退出', no: '不退' }))) return
    await this.act('out', async () => {
      await api.del('/session')
      mine.forget()
      wx.reLaunch({ url: '/pages/home/home' })
    })
  },

  async onLogOutEverywhere() {
    if (!(await askYes('手机丢了，或者别人用过您的微信？所有手机和网页上的登录都会失效。', { yes: '全部退出', no: '不用' }))) return
    await this.act('everywhere', async () => {
      await api.del('/me/sessions')
      mine.forget()
      await tell('所有登录都已失效。')
      wx.reLaunch({ url: '/pages/home/home' })
    })
  },

  onMoving() {
    this.setData({ moving: !this.data.moving })
  },

  /** Before the first team; afterwards a move is a transfer. @param {any} event */
  async onPlace(event) {
    const { code, path } = event.detail
    if (!(await askYes(`您住在${path}，对吗？`, { yes: '改成这里', no: '不对' }))) return
    const done = await this.act('place', () => api.put('/me/region', {}, { region_code: code }))
    if (!done) return
    this.setData({ moving: false })
    await this.refresh()
    brief('改好了')
  },

  /** @param {any} event */
  onGo(event) {
    wx.navigateTo({ url: event.currentTarget.dataset.page })
  },

  onGuideline() {
    wx.openPrivacyContract({})
  },
}))
