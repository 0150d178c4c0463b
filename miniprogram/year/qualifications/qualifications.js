// 我的资格证: what I told, whether it was verified; another one, one taken back.

const api = require('../../lib/request')
const { askYes, brief, tell } = require('../../lib/saying')
const { date } = require('../../lib/text')
const view = require('../../lib/view')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  stated: { word: '等服务站核对', look: 'wait' }, verified: { word: '已核对', look: 'ok' }, refused: { word: '没有通过', look: 'bad' },
})
const BLANK = { kind: -1, name: '', number: '', issued: '', expires: '' }

/** @param {any} each */
const paper = (each) => ({
  id: each.id, name: each.name, about: `${each.kind_name}${each.number ? `，编号 ${each.number}` : ''}`, note: each.note,
  expires: each.expires_on ? `有效期到 ${date(each.expires_on)}` : '', over: !each.running, ...(STATES[each.state] || STATES.stated),
})

Page(view({
  settled: true,
  data: { list: [], kinds: [], form: BLANK, telling: false, issuedWord: '', expiresWord: '' },

  async load() {
    const [{ qualifications }, { skills }] = await Promise.all([api.get('/me/qualifications'), api.get('/me/skills')])
    return { list: qualifications.map(paper), kinds: skills.map((/** @type {any} */ each) => ({ code: each.code, name: each.name })) }
  },

  onTelling() {
    this.setData({ telling: !this.data.telling })
  },

  /** @param {any} event */
  onField(event) {
    this.fill({ ...this.data.form, [event.currentTarget.dataset.field]: event.detail.value })
  },

  /** @param {any} event */
  onKind(event) {
    this.fill({ ...this.data.form, kind: Number(event.detail.value) })
  },

  /** @param {any} form */
  fill(form) {
    this.setData({ form, issuedWord: form.issued ? date(form.issued) : '', expiresWord: form.expires ? date(form.expires) : '' })
  },

  async onSave() {
    const { form, kinds } = this.data
    if (form.kind < 0) return tell('请先选是哪方面的。')
    if (!form.name.trim()) return tell('请写证的名称，照证上写的填。')
    await this.act('save', async () => {
      await api.post('/me/qualifications', {}, {
        kind: kinds[form.kind].code, name: form.name.trim(), number: form.number.trim(),
        issued_on: form.issued || null, expires_on: form.expires || null,
      })
      this.fill(BLANK)
      this.setData({ telling: false })
      await this.refresh()
      await tell('记下了。请带上原件给服务站看一看，核对以后就算数。')
    })
  },

  /** @param {any} event */
  async onWithdraw(event) {
    const { id, name } = event.currentTarget.dataset
    if (!(await askYes(`不要“${name}”了？撤回以后这张证不再算数，要用得重新填、重新核对。`, { yes: '撤回', no: '不撤' }))) return
    await this.act('withdraw', async () => {
      await api.post('/me/qualifications/{number}/withdraw', { number: id })
      await this.refresh()
      brief('已经撤回')
    })
  },
}))
