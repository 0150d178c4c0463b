// 您去了吗: one record in twenty is asked about (`record`; none: the newest that waits); the first answer stands.

const api = require('../../lib/request')
const { tell } = require('../../lib/saying')
const { date, duration } = require('../../lib/text')
const view = require('../../lib/view')

Page(view({
  data: { one: null },

  async load() {
    const { record } = this.query
    const question = record
      ? await api.get('/me/presence/{record_id}', { record_id: record }) : (await api.get('/me/presence')).question
    return { one: question && { ...question, day: date(question.local_day), length: duration(question.minutes) } }
  },

  onYes() {
    return this.answer(true)
  },

  onNo() {
    return this.answer(false)
  },

  /** @param {boolean} there */
  async answer(there) {
    await this.act('answer', async () => {
      await api.post('/me/presence/{record_id}', { record_id: this.data.one.record_id }, { was_there: there })
      await this.refresh()
      await tell(there ? '好的，谢谢您。' : '知道了。这一次会有人核对。')
    })
  },
}))
