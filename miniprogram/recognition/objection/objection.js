// 提出异议: the record (`record`: its id), what is wrong with it, how long it was.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { tell } = require('../../lib/saying')
const { clock, date, duration } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {string} typed @returns {number | null} */
const whole = (typed) => (typed.trim() ? Number(typed) : null)

Page(view({
  settled: true,
  data: { about: null, text: '', hours: '', minutes: '' },

  async load() {
    const one = await api.get('/me/records/{record_id}', { record_id: this.query.record || 0 })
    const clocks = one.in_at ? `　${clock(one.in_at)}${one.out_at ? `–${clock(one.out_at)}` : ''}` : ''
    return {
      about: {
        id: one.id, title: one.title || '这次服务', when: date(one.local_day) + clocks, minutes: duration(one.minutes), says: one.says,
        closed: one.closed,
      },
    }
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value })
  },

  async onSubmit() {
    const { about, text } = this.data
    const [hours, minutes] = [whole(this.data.hours), whole(this.data.minutes)]
    if (!text.trim()) return tell('请先写哪里不对。')
    if (Number.isNaN(hours) || Number.isNaN(minutes)) return tell('小时和分钟只填数字，比如 2 小时 30 分钟。')
    const wanted = hours === null && minutes === null ? null : (hours || 0) * 60 + (minutes || 0)
    await this.act('submit', async () => {
      await api.post('/me/objections', {}, { record_id: about.id, text: text.trim(), wanted_minutes: wanted })
      await tell('交上去了。有答复会告诉您。')
      opening.instead('/recognition/objections/objections')
    })
  },

  onMine() {
    opening.instead('/recognition/objections/objections')
  },
}))
