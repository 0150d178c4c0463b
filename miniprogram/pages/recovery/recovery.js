// 换了微信，找回登记: by the old telephone number at once, or by six digits at the station. With `code`: what somebody asked
// for at the station about me, and the button that stops it.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { asProblem } = require('../../lib/problem')
const { askYes, tell } = require('../../lib/saying')
const session = require('../../lib/session')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

/** Beside which field the sentence of a refusal stands. @type {Partial<Record<ProblemCode, string>>} */
const FIELDS = { document_invalid: 'document', phone_invalid: 'phone' }

Page(view({
  settled: true,
  data: { one: null, document: '', phone: '', wrong: '', why: '', digits: '' },

  async load() {
    const { code } = this.query
    if (!code) return {}
    const one = await api.get('/me/recoveries/{code}', { code })
    return { one: { ...one, due: one.due_at ? moment(one.due_at) : '' } }
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value, wrong: '' })
  },

  async onRecover() {
    const { document, phone } = this.data
    await this.act('recover', async () => {
      try {
        const found = await api.post('/recovery', {}, { document: document.trim(), phone: phone.trim() })
        session.learn({ registered: true, name: found.name })
      } catch (error) {
        const problem = asProblem(error)
        if (!FIELDS[problem.code]) throw problem
        return this.setData({ wrong: FIELDS[problem.code], why: problem.message })
      }
      await tell('找回来了。时长、积分、服务队都在。')
      opening.instead('/pages/home/home')
    })
  },

  async onDigits() {
    await this.act('digits', async () => {
      const { digits } = await api.post('/recovery/digits')
      this.setIfHere({ digits })
    })
  },

  async onStop() {
    if (!(await askYes('这不是您本人办的？停止以后，您的登记不会变动。', { yes: '停止', no: '不停' }))) return
    const done = await this.act('stop', () => api.post('/me/recoveries/{code}/stop', { code: this.query.code }))
    if (done) await this.refresh()
  },
}))
