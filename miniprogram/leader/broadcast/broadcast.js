// 发通知: words, to whom, then what it would look like and whom it reaches; nothing goes out before 发出去.

const api = require('../../lib/request')
const { askYes, tell } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  draft: { word: '没有发', look: '' }, waiting: { word: '等服务站同意', look: 'wait' }, due: { word: '正在发', look: 'wait' },
  sent: { word: '已发出', look: 'ok' }, refused: { word: '服务站没有同意', look: 'bad' }, stopped: { word: '已停发', look: '' },
})
/** How it comes to people, in the order of what is said. */
const WAYS = /** @type {[string, string][]} */ ([
  ['sub', '马上收到提醒'], ['tpl', '马上收到提醒'], ['cs', '马上在公众号收到'], ['evening', '今天的提醒发满了，晚上汇总告诉'],
  ['off', '自己关了提醒，打开小程序才看得到'], ['inbox', '打开小程序才看得到，要紧的事请打电话'],
])
const SENT = /** @type {Record<string, string>} */ ({ sent: '已经发出', due: '正在发', waiting: '已交服务站，同意了就发' })

/** @param {Record<string, number>} reach */
const reaches = (reach) => {
  /** @type {Record<string, number>} */
  const sums = {}
  for (const [way, words] of WAYS) if (reach[way]) sums[words] = (sums[words] || 0) + reach[way]
  return Object.keys(sums).map((words) => `${sums[words]} 人${words}`)
}

/** @param {any} each */
const line = (each) => ({
  id: each.id, text: each.text, audience: each.audience, count: each.recipients, at: moment(each.created_at), mine: each.mine,
  live: each.state === 'due' || each.state === 'waiting', ...(STATES[each.state] || STATES.draft),
})

Page(view({
  settled: true,
  drafts: ['text'],
  data: { choices: [], chosen: 0, text: '', draft: null, old: [], progress: null },

  async load() {
    const { code } = this.query
    const [choices, { broadcasts }] = await Promise.all([
      code ? this.ofActivity(code) : this.ofTeams(), api.get('/broadcasts', { limit: 5 }),
    ])
    return { choices, old: broadcasts.map(line) }
  },

  /** @param {string} code */
  async ofActivity(code) {
    const one = await api.get('/activities/{code}', { code })
    const now = Date.now()
    const on = one.shifts.filter((/** @type {any} */ each) => Date.parse(each.starts_at) <= now && now < Date.parse(each.ends_at))
    const missing = on.map((/** @type {any} */ each) => ({
      whole: 'shift', code: each.code, who: 'absent', words: `还没到的人${on.length > 1 ? `（${each.position}）` : ''}`,
    }))
    return [
      { whole: 'activity', code, who: 'members', words: `报了“${one.title}”的人` },
      ...missing,
      { whole: 'team', code: one.team_code, who: 'members', words: `${one.team_name}全体队员` },
    ]
  },

  async ofTeams() {
    const { teams } = await api.get('/me/leading')
    return teams.map((/** @type {any} */ each) => ({ whole: 'team', code: each.code, who: 'members', words: `${each.name}全体队员` }))
  },

  /** @param {any} event */
  onChoose(event) {
    this.setData({ chosen: event.currentTarget.dataset.index, draft: null })
  },

  /** @param {any} event */
  onText(event) {
    this.setData({ text: event.detail.value, draft: null })
  },

  async onLook() {
    const { choices, chosen, text } = this.data
    const { whole, code, who } = choices[chosen]
    await this.act('look', async () => {
      const draft = await api.post('/broadcasts', {}, { whole, code, who, text: text.trim() })
      this.setData({
        draft: {
          id: draft.notice_id, audience: draft.audience, count: draft.recipients, preview: draft.preview, reach: reaches(draft.reach),
          consent: draft.needs_consent, word: draft.word, from: draft.pushed_from ? moment(draft.pushed_from) : '',
        },
      })
    })
  },

  async onSend() {
    const { id, count, audience } = this.data.draft
    if (!(await askYes(`发给${audience}，${count} 人？`, { yes: '发出去', no: '再看看' }))) return
    await this.act('send', async () => {
      const said = await api.post('/broadcasts/{notice_id}/confirm', { notice_id: id })
      this.setData({ draft: null, text: '' })
      await this.refresh()
      await tell(`${SENT[said.state] || SENT.due}，${said.count} 人。`)
    })
  },

  /** @param {any} event */
  async onProgress(event) {
    const { id } = event.currentTarget.dataset
    await this.act('progress', async () => {
      const { progress } = await api.get('/broadcasts/{notice_id}', { notice_id: id })
      await tell(`共 ${progress.total} 人：${progress.read} 人看过，${progress.unreached} 人还没看到提醒，请打电话。`)
    })
  },

  /** @param {any} event */
  async onStop(event) {
    const { id } = event.currentTarget.dataset
    if (!(await askYes('停发？已经送到的收不回来，没送的不再送。', { yes: '停发', no: '不停' }))) return
    await this.act('stop', async () => {
      const { withdrawn } = await api.post('/broadcasts/{notice_id}/stop', { notice_id: id })
      await this.refresh()
      await tell(`停了，收回 ${withdrawn} 条。`)
    })
  },
}))
