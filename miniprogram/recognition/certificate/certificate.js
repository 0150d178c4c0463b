// 一张服务证明: what it says, where it stands; the PDF, the code by which anybody checks it; a new one, taking it back.

const opening = require('../../lib/opening')
const papers = require('../../lib/papers')
const api = require('../../lib/request')
const { askYes } = require('../../lib/saying')
const { date, duration } = require('../../lib/text')
const view = require('../../lib/view')
const { LOOKS } = require('../words')

/** @param {any} one GET /me/certificates/{code} */
const says = (one) => {
  const { state, issuer } = one.certificate
  if (state === 'requested') return `等${issuer}审核，${date(one.answer_by)}前答复。`
  if (state === 'announced') return `正在公示，到 ${date(one.notice_until)}。期满就出具。`
  if (state === 'refused') return `原因：${one.reason}`
  if (state === 'withdrawn') return `这张证明撤销了，不能再用。原因：${one.reason}`
  if (state === 'superseded') return `这张证明换了新的${one.successor ? `，新编号 ${one.successor}` : ''}，旧的不能再用。`
  return ''
}

/** @param {any} one */
const shown = (one) => {
  const { certificate: brief } = one
  const facts = [
    ['服务时间', brief.span], ['次数', `${one.times} 次`], ['服务队', brief.teams], ['哪里开', brief.issuer], ['编号', brief.number],
    ['出具日期', brief.issued_on && date(brief.issued_on)],
    ['其他单位记录', one.elsewhere ? `${duration(one.elsewhere)}，由原单位证明，不在这张里` : ''],
  ]
  return {
    stage: brief.state, word: brief.word, look: LOOKS[brief.state] || '', minutes: duration(brief.minutes), says: says(one),
    facts: facts.filter(([, value]) => value).map(([name, value]) => ({ name, value })),
    changed: one.now !== null ? `这张证明写的是 ${duration(brief.minutes)}，现在账上是 ${duration(one.now)}。`
      : one.renamed ? `您后来登记的姓名是${one.renamed}，和这张证明写的不一样。` : '',
    mayAgain: one.now !== 0, looked: one.looked, check: one.check, file: one.file,
    lines: one.lines.map((/** @type {any} */ each, /** @type {number} */ index) => ({
      index, what: each.what || each.team, words: `${each.when}　${duration(each.minutes)}${each.times > 1 ? `，${each.times} 次` : ''}`,
    })),
  }
}

Page(view({
  cache: (query) => `certificate-${query.code}`,
  data: { stage: '', word: '', look: '', minutes: '', says: '', facts: [], changed: '', mayAgain: false, looked: 0, check: '', file: '', lines: [], all: false },

  async load() {
    return shown(await api.get('/me/certificates/{code}', { code: this.query.code || '' }))
  },

  /** The address is good for half an hour: fetched anew in the tap. */
  async onFile() {
    await this.act('file', async () => {
      const one = await api.get('/me/certificates/{code}', { code: this.query.code || '' })
      await papers.open(one.file)
    })
  },

  onAll() {
    this.setData({ all: true })
  },

  async onAgain() {
    await this.act('again', async () => {
      const { codes } = await api.post('/me/certificates/{code}/again', { code: this.query.code || '' })
      opening.instead(`/recognition/certificate/certificate?code=${codes[0]}&asked=1`)
    })
  },

  async onCancel() {
    if (!(await askYes('取消这次申请？以后随时可以再申请。', { yes: '取消申请', no: '不取消' }))) return
    await this.act('cancel', async () => {
      await api.del('/me/certificates/{code}', { code: this.query.code || '' })
      opening.instead('/recognition/certificates/certificates')
    })
  },
}))
