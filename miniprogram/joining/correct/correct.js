// 更正: my phone at once, by WeChat's own number or typed; my name and ID number on a request that the station checks.

const api = require('../../lib/request')
const { asProblem } = require('../../lib/problem')
const { brief } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

const FIELDS = /** @type {Record<string, string>} */ ({ name: '姓名', document: '身份证号码' })
const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  asked: { word: '等核对', look: 'wait' }, done: { word: '已更正', look: 'ok' },
  refused: { word: '没有同意', look: 'bad' }, withdrawn: { word: '已撤回', look: '' },
})
/** Beside which field the sentence of a refusal stands. @type {Partial<Record<ProblemCode, string>>} */
const BESIDE = {
  name_invalid: 'name', document_invalid: 'document', under_age: 'document', practice_number: 'document',
  correction_nothing: 'form', correction_open: 'form',
}

/** @param {any} each */
const line = (each) => ({
  ...STATES[each.state], code: each.code, what: each.what.map((/** @type {string} */ name) => FIELDS[name]).join('、'),
  day: moment(each.asked_at), reason: each.reason, state: each.state,
})

Page(view({
  settled: true,
  data: { me: null, asked: null, over: [], phone: '', name: '', document: '', wrong: '', why: '' },

  async load() {
    const [me, { corrections }] = await Promise.all([api.get('/me'), api.get('/me/corrections')])
    const lines = corrections.map(line)
    return {
      me, asked: lines.find((/** @type {any} */ each) => each.state === 'asked') || null,
      over: lines.filter((/** @type {any} */ each) => each.state !== 'asked'),
    }
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value, wrong: '' })
  },

  /** WeChat's own button; who refuses types the number. @param {any} event */
  onPhone(event) {
    const { code } = event.detail
    return code ? this.putPhone({ phone_code: code }) : undefined
  },

  onTyped() {
    return this.putPhone({ phone: this.data.phone.trim() })
  },

  /** @param {{ phone_code?: string, phone?: string }} body */
  async putPhone(body) {
    await this.act('phone', async () => {
      try {
        await api.put('/me/phone', {}, body)
      } catch (error) {
        return this.beside(asProblem(error), 'phone')
      }
      this.setData({ phone: '', wrong: '' })
      await this.refresh()
      brief('手机号码改好了')
    })
  },

  async onAsk() {
    const { name, document } = this.data
    await this.act('ask', async () => {
      try {
        await api.post('/me/corrections', {}, { name: name.trim(), document: document.trim() })
      } catch (error) {
        return this.beside(asProblem(error), '')
      }
      this.setData({ name: '', document: '', wrong: '' })
      await this.refresh()
      brief('交上去了')
    })
  },

  async onWithdraw() {
    if (!(await this.act('withdraw', () => api.del('/me/corrections', {})))) return
    await this.refresh()
    brief('撤回了，登记没有变')
  },

  /** The sentence of a refusal, beside its field. @param {any} problem @param {string} field */
  beside(problem, field) {
    const wrong = problem.code === 'phone_invalid' || problem.code === 'too_many_tries' ? field || 'form' : BESIDE[problem.code]
    if (!wrong) throw problem
    this.setData({ wrong, why: problem.message })
  },
}))
