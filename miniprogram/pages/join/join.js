// 加入服务队: teams near by or by a word; a team's pledge and agreement, and the application (`code`: the team).

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { tell } = require('../../lib/saying')
const view = require('../../lib/view')

Page(view({
  settled: true,
  drafts: ['statement'],
  data: { teams: [], more: false, text: '', door: null, statement: '', promised: false, agreed: {} },

  async load() {
    const code = this.query.code || ''
    if (code) return { door: await api.get('/teams/{team_code}/door', { team_code: code }) }
    return { door: null, ...(await api.get('/teams', { q: this.data.text.trim() })) }
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  onSearch() {
    return this.refresh()
  },

  /** @param {any} event */
  onTeam(event) {
    const { code, mine, asked } = event.currentTarget.dataset
    if (mine) return
    opening.go(asked ? '/pages/applications/applications' : `/pages/join/join?code=${code}`)
  },

  onPromise() {
    this.setData({ promised: !this.data.promised })
  },

  /** @param {any} event The use of my data, where my yes lacks. */
  onAgree(event) {
    const { purpose } = event.currentTarget.dataset
    this.setData({ agreed: { ...this.data.agreed, [purpose]: !this.data.agreed[purpose] } })
  },

  async onApply() {
    const { door, statement, promised } = this.data
    if (!promised) return tell('请先看完誓言和协议，再点“我看过，愿意遵守”。')
    const agreed = Object.keys(this.data.agreed).filter((each) => this.data.agreed[each])
    await this.act('apply', async () => {
      const made = await api.post('/me/applications', {}, { team_code: door.code, statement: statement.trim(), promised, agreed })
      this.sent()
      await tell(made.member ? '您已经入队，欢迎！' : '交上去了。有结果会告诉您。')
      opening.instead(made.member ? '/pages/me/me' : '/pages/applications/applications')
    })
  },
}))
