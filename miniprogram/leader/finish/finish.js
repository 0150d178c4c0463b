// 结束、延长、取消: the end with who is still inside, half an hour more, or calling it off with the reason that all are told.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { askYes, brief, tell } = require('../../lib/saying')
const { clock, moment, span } = require('../../lib/text')
const view = require('../../lib/view')

Page(view({
  data: { title: '', begun: false, over: false, inside: [], me: false, ends: '', endsAt: '', undo: '', undoWords: '', cancelling: false, why: '', reason: '' },

  async load() {
    const { code } = this.query
    const day = await api.get('/activities/{code}/day', { code })
    const inside = day.entries.filter((/** @type {any} */ each) => each.state === 'inside' || each.state === 'forgotten')
    const before = this.data.inside
    if (!day.begun) wx.setNavigationBarTitle({ title: '取消活动' })
    return {
      title: day.title, when: span(day.starts_at, day.ends_at), begun: day.begun, ends: moment(day.ends_at), endsAt: day.ends_at, over: Date.parse(day.ends_at) <= Date.now(),
      open: day.activity_state === 'published', me: inside.some((/** @type {any} */ each) => each.is_me),
      inside: inside.filter((/** @type {any} */ each) => !each.is_me).map((/** @type {any} */ each) => ({
        no: each.public_no, name: each.name, since: each.in_at ? `${clock(each.in_at)} 签到` : '',
        stays: before.some((/** @type {any} */ one) => one.no === each.public_no && one.stays),
      })),
    }
  },

  /** @param {any} event */
  onStay(event) {
    const { index } = event.currentTarget.dataset
    this.setData({ [`inside[${index}].stays`]: !this.data.inside[index].stays })
  },

  /** His own time first; whoever is still inside then is checked out at the end. */
  onEarlier() {
    opening.go(`/leader/confirm/confirm?code=${this.query.code}`)
  },

  async onEnd() {
    const stay = this.data.inside.filter((/** @type {any} */ each) => each.stays).map((/** @type {any} */ each) => each.no)
    const out = this.data.inside.length - stay.length
    if (!(await askYes(`现在结束活动${out ? `，给 ${out} 人签退` : ''}？`, { yes: '结束', no: '先不' }))) return
    await this.act('end', async () => {
      const done = await api.post('/activities/{code}/end', { code: this.query.code }, { stay })
      const lines = [`活动结束了，给 ${done.out} 人签退。`]
      if (done.inside.length) lines.push(`还在场：${done.inside.join('、')}。`)
      for (const each of done.refused) lines.push(`${each.name}没有签退：${each.message}`)
      await tell(lines.join('\n'))
      opening.instead(`/leader/confirm/confirm?code=${this.query.code}`)
    })
  },

  /** @param {any} event */
  onReason(event) {
    this.setData({ reason: event.detail.value })
  },

  async onExtend() {
    const { reason, over, endsAt: before } = this.data
    if (over && !reason.trim()) return tell('原定的时间已经过了。请写一句为什么延长。')
    await this.act('extend', async () => {
      const { ends_at: endsAt } = await api.post('/activities/{code}/extend', { code: this.query.code }, { reason: reason.trim() })
      this.setData({ reason: '', undo: before, undoWords: moment(before) })
      await this.refresh()
      await tell(`延长了，${moment(endsAt)} 结束。`)
    })
  },

  /** What was tapped by mistake. */
  async onUndo() {
    await this.act('extend', async () => {
      await api.post('/activities/{code}/extend', { code: this.query.code }, { ends_at: this.data.undo, reason: '点错了，改回来' })
      this.setData({ undo: '' })
      await this.refresh()
      brief('改回来了')
    })
  },

  onCancelling() {
    this.setData({ cancelling: !this.data.cancelling })
  },

  /** @param {any} event */
  onWhy(event) {
    this.setData({ why: event.detail.value })
  },

  async onCancel() {
    const why = this.data.why.trim()
    if (!why) return tell('请写一句为什么取消，报名的人都会看到。')
    if (!(await askYes('取消以后不能恢复，报名的人马上收到通知。', { yes: '取消活动', no: '不取消' }))) return
    await this.act('cancel', async () => {
      await api.post('/activities/{code}/cancel', { code: this.query.code }, { reason: why })
      await tell('活动取消了，已经通知报名的人。')
      opening.instead('/leader/teams/teams')
    })
  },
}))
