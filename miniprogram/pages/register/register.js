// 登记: WeChat's privacy guideline first, then the village, then the person, each purpose agreed to by itself; then on to
// where the person was going (`next`). A refused form keeps what was typed, with the sentence beside the field.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { asProblem } = require('../../lib/problem')
const { tell } = require('../../lib/saying')
const session = require('../../lib/session')
const view = require('../../lib/view')

const IDENTITIES = [
  { value: 'veteran', words: '退役军人' }, { value: 'family', words: '军属' },
  { value: 'staff', words: '退役军人服务中心（站）工作人员' }, { value: 'social', words: '其他社会人士' },
]
/** Beside which field the sentence of a refusal stands. @type {Partial<Record<ProblemCode, string>>} */
const FIELDS = {
  name_invalid: 'name', document_invalid: 'document', document_taken: 'document', under_age: 'document',
  phone_invalid: 'phone', consent_required: 'consent', region_unknown: 'place',
}

/** @returns {Promise<string>} the name of the guideline that is still to be agreed to; "" where there is none */
const guideline = () =>
  new Promise((done) => {
    wx.getPrivacySetting({
      success: ({ needAuthorization, privacyContractName }) => done(needAuthorization ? privacyContractName : ''),
      fail: () => done(''),
    })
  })

Page(view({
  settled: true,
  data: {
    guideline: '', place: null, identities: IDENTITIES, consents: [], asked: [],
    name: '', document: '', identity: '', phone: '', phoneCode: '', given: {}, wrong: '', why: '', open: '', digits: '',
  },

  async load() {
    session.comeBack()
    if (await session.registered()) {
      opening.instead(this.query.next || '/pages/home/home')
      return {}
    }
    const [{ consents }, name] = await Promise.all([api.get('/public/consents'), guideline()])
    return { consents, guideline: name, asked: this.askedOf(consents, this.data.identity) }
  },

  /** @param {any[]} consents @param {string} identity */
  askedOf(consents, identity) {
    return consents.filter((each) => !each.veterans_only || identity === 'veteran')
  },

  /** Known in the chat already: six digits, typed there, make both one person. */
  async onKnown() {
    await this.act('known', async () => {
      const { digits } = await api.post('/session/digits')
      this.setData({ digits })
    })
  },

  onRecover() {
    opening.go('/pages/recovery/recovery')
  },

  onNotKnown() {
    this.setData({ digits: '' })
  },

  async onDigitsSent() {
    await this.act('sent', async () => {
      if (await session.again()) opening.instead(this.query.next || '/pages/home/home')
      else await tell('还没有连上。请在公众号里把这六位数字发出去，收到回答以后再点一次。')
    })
  },

  onReadGuideline() {
    wx.openPrivacyContract({})
  },

  onAgreeGuideline() {
    this.setData({ guideline: '' })
  },

  onRefuseGuideline() {
    wx.navigateBack({ fail: () => opening.instead('/pages/home/home') })
  },

  /** @param {{ detail: { code: string, path: string } }} event */
  onPlace(event) {
    this.setData({ place: event.detail, wrong: '' })
  },

  onOtherPlace() {
    this.setData({ place: null })
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value, wrong: '' })
  },

  /** @param {any} event */
  onIdentity(event) {
    const { value } = event.currentTarget.dataset
    this.setData({ identity: value, asked: this.askedOf(this.data.consents, value), wrong: '' })
  },

  /** WeChat's own button; who refuses types the number. @param {any} event */
  onPhone(event) {
    const { code } = event.detail
    if (code) this.setData({ phoneCode: code, phone: '', wrong: '' })
  },

  onTypePhone() {
    this.setData({ phoneCode: '' })
  },

  /** @param {any} event */
  onText(event) {
    const { purpose } = event.currentTarget.dataset
    this.setData({ open: this.data.open === purpose ? '' : purpose })
  },

  /** @param {any} event */
  onConsent(event) {
    const { purpose } = event.currentTarget.dataset
    this.setData({ [`given.${purpose}`]: !this.data.given[purpose], wrong: '' })
  },

  async onSubmit() {
    const { name, document, identity, phone, phoneCode, place, given, asked } = this.data
    if (!identity) return this.refuse('identity', '请点一下您的身份。')
    const consents = asked.map((/** @type {any} */ each) => each.purpose).filter((/** @type {string} */ each) => given[each])
    const body = { name: name.trim(), document: document.trim(), region_code: place.code, identity, consents }
    await this.act('submit', async () => {
      try {
        const made = await api.post('/registration', {}, { ...body, ...(phoneCode ? { phone_code: phoneCode } : { phone: phone.trim() }) })
        session.learn({ registered: true, name: made.name })
      } catch (error) {
        return this.refused(asProblem(error))
      }
      await tell('登记好了，欢迎您。')
      opening.instead(this.query.next || '/pages/home/home')
    })
  },

  /** @param {any} problem */
  async refused(problem) {
    if (problem.code === 'already_registered') {
      session.learn({ registered: true })
      return opening.instead(this.query.next || '/pages/home/home')
    }
    const field = FIELDS[problem.code]
    if (!field) throw problem
    if (field === 'phone') this.setData({ phoneCode: '' }) // WeChat's code is good for one try
    return this.refuse(field, problem.message)
  },

  /** @param {string} wrong @param {string} why */
  refuse(wrong, why) {
    this.setData({ wrong, why })
    wx.pageScrollTo({ selector: `#${wrong}`, duration: 200, fail: () => {} })
  },
}))
