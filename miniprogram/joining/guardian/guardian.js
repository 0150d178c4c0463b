// 监护人同意, for those of 14 to 17: what was handed in, a new one with a photo of the signed paper, taking one back.

const api = require('../../lib/request')
const photo = require('../../lib/photo')
const { asProblem } = require('../../lib/problem')
const { askYes, brief, tell } = require('../../lib/saying')
const { date } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  stated: { word: '等服务站核对', look: 'wait' }, verified: { word: '已核对', look: 'ok' }, refused: { word: '没有通过', look: 'bad' },
})
const RELATIONS = [
  { value: 'father', words: '父亲' }, { value: 'mother', words: '母亲' },
  { value: 'grandparent', words: '祖父母、外祖父母' }, { value: 'other', words: '其他监护人' },
]
/** Beside which field the sentence of a refusal stands. */
const FIELDS = /** @type {Record<string, string>} */ ({
  name_invalid: 'name', phone_invalid: 'phone', photo_missing: 'photo', photo_unreadable: 'photo', photo_too_large: 'photo',
  photo_too_many_pixels: 'photo',
})

/** @param {any} each of GET /me/guardians */
const line = (each) => ({
  id: each.id, name: each.guardian_name, phone: each.phone_masked, note: each.note, ...(STATES[each.state] || STATES.stated),
  relation: (RELATIONS.find(({ value }) => value === each.relation) || RELATIONS[3]).words, until: each.until_on ? date(each.until_on) : '',
})

Page(view({
  settled: true,
  data: { minor: false, list: [], relations: RELATIONS, name: '', relation: '', phone: '', form: '', wrong: '', why: '' },

  async load() {
    const { minor, guardians } = await api.get('/me/guardians')
    return { minor, list: guardians.map(line) }
  },

  /** @param {any} event */
  onInput(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value, wrong: '' })
  },

  /** @param {any} event */
  onRelation(event) {
    this.setData({ relation: event.currentTarget.dataset.value, wrong: '' })
  },

  async onPhoto() {
    const form = await photo.choose()
    if (form) this.setIfHere({ form, wrong: '' })
  },

  async onSubmit() {
    const { name, relation, phone, form } = this.data
    if (!relation) return this.refuse('relation', '请点一下监护人是您的什么人。')
    if (!form) return this.refuse('photo', '请先给签了字的同意书拍张照。')
    await this.act('submit', async () => {
      try {
        const body = { guardian_name: name.trim(), relation, phone: phone.trim(), form: await photo.text(form) }
        await api.post('/me/guardians', {}, body)
      } catch (error) {
        const problem = asProblem(error)
        if (!FIELDS[problem.code]) throw problem
        return this.refuse(FIELDS[problem.code], problem.message)
      }
      this.setIfHere({ name: '', relation: '', phone: '', form: '' })
      await this.refresh()
      wx.pageScrollTo({ scrollTop: 0, duration: 0, fail: () => {} })
      await tell('交上去了。服务站会打电话给监护人核对，核对好了告诉您，那时就能报名。')
    })
  },

  /** @param {string} wrong @param {string} why */
  refuse(wrong, why) {
    this.setIfHere({ wrong, why })
    wx.pageScrollTo({ selector: `#${wrong}`, duration: 200, fail: () => {} })
  },

  /** @param {any} event */
  async onWithdraw(event) {
    const { id } = event.currentTarget.dataset
    if (!(await askYes('撤回以后不能再报名，已经报的也一起取消。撤回吗？', { yes: '撤回', no: '不撤' }))) return
    const done = await this.act('withdraw', () => api.post('/me/guardians/{number}/withdraw', { number: id }))
    if (!done) return
    await this.refresh()
    brief('已经撤回')
  },
}))
