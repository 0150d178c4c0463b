// 报名的人: yes or no to who asked, no with a reason; below, who is in, who was asked, who queues.

const api = require('../../lib/request')
const { brief, tell } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {any} each */
const line = (each) => ({
  key: `${each.shift_code}-${each.public_no}`, no: each.public_no, name: each.name, shift: each.shift_code, position: each.position,
  state: each.state, word: each.word, reason: each.reason, late: each.late, until: each.offer_until ? moment(each.offer_until) : '',
})

Page(view({
  data: { title: '', asks: [], others: [], open: '', reason: '', clash: '' },

  async load() {
    const { code } = this.query
    const { title, lines } = await api.get('/activities/{code}/places', { code })
    const all = lines.map(line)
    return {
      title, asks: all.filter((/** @type {any} */ each) => each.state === 'pending'),
      others: all.filter((/** @type {any} */ each) => each.state !== 'pending'),
    }
  },

  /** @param {any} event */
  onOpen(event) {
    const { key } = event.currentTarget.dataset
    this.setData({ open: this.data.open === key ? '' : key, reason: '', clash: '' })
  },

  /** @param {any} event */
  onReason(event) {
    this.setData({ reason: event.detail.value })
  },

  /** @param {any} event */
  async onDecide(event) {
    const { key, no, name, shift, accept } = event.currentTarget.dataset
    const reason = this.data.open === key ? this.data.reason.trim() : ''
    const clashing = this.data.clash === key
    if (!accept && !reason) return tell('不录用，请写一句原因，本人看得到。')
    if (clashing && accept && !reason) return tell('他那个时间有别的活动。还要录用，请写一句原因。')
    await this.act(`decide-${key}`, async () => {
      const body = { public_no: no, accept, reason: accept ? '' : reason, clash_reason: clashing && accept ? reason : '' }
      try {
        await api.post('/shifts/{shift_code}/decisions', { shift_code: shift }, body)
      } catch (error) {
        const { code, message } = /** @type {any} */ (error)
        if (code !== 'time_clash' || clashing) throw error
        this.setData({ open: key, clash: key, reason: '' })
        return tell(`${message}还要录用，就写一句原因，再点“录用”。`)
      }
      this.setData({ open: '', reason: '', clash: '' })
      await this.refresh()
      brief(accept ? `录用了${name}` : `没有录用${name}，已告诉他`)
    })
  },
}))
