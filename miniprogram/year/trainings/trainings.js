// 培训: sessions to sign up for (the activity's page does that), my class hours, results and certificates with their proof.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { date, span } = require('../../lib/text')
const view = require('../../lib/view')

const KINDS = /** @type {Record<string, string>} */ ({
  skill: '业务技能', safety: '安全和急救', management: '项目和队伍管理', adaptation: '适应性培训', other: '其他培训',
})
const LOOKS = /** @type {Record<string, string>} */ ({ passed: 'ok', attended: 'ok', failed: 'bad' })

/** @param {any} each */
const session = (each) => ({
  code: each.code, title: each.title, when: span(each.starts_at, each.ends_at), place: each.place, by: each.provider || each.team,
  about: `${KINDS[each.kind] || '培训'}${each.told ? `，${each.told}` : ''}${each.certificate ? '，考试合格发证书' : ''}`,
  word: each.my_word || (each.places_left ? `还有 ${each.places_left} 个名额` : '已报满，可候补'),
  look: each.my_word ? 'ok' : each.places_left ? 'wait' : '',
})

/** @param {any} each @param {string} proof */
const certificate = (each, proof) => ({
  code: each.code, course: each.course, name: each.name, number: each.number, word: each.word, look: each.state === 'valid' ? 'ok' : 'bad',
  issued: date(each.issued_on), until: each.expires_on ? `到 ${date(each.expires_on)}` : '长期', reason: each.reason, proof: proof + each.code,
})

Page(view({
  cache: 'trainings',
  data: { year: '', total: '', aim: 0, reached: false, sessions: [], results: [], certificates: [], open: '', ordering: false },

  async load() {
    const [{ sessions }, mine, { orders, offers }] = await Promise.all([
      api.get('/trainings'), api.get('/me/trainings'), api.get('/trainings/orders'),
    ])
    return {
      ordering: orders.length + offers.length > 0,
      year: mine.year, total: mine.total, aim: mine.aim, reached: mine.reached, sessions: sessions.map(session),
      results: mine.results.map((/** @type {any} */ each) => ({
        code: each.code, title: each.title, about: `${date(each.local_day)}，${each.told}`, word: each.word,
        look: LOOKS[each.result] || 'wait',
      })),
      certificates: mine.certificates.map((/** @type {any} */ each) => certificate(each, mine.proof_url)),
    }
  },

  /** @param {any} event */
  onSession(event) {
    opening.go(`/pages/activity/activity?code=${event.currentTarget.dataset.code}`)
  },

  onOrders() {
    opening.go('/year/orders/orders')
  },

  /** @param {any} event */
  onCertificate(event) {
    const { code } = event.currentTarget.dataset
    this.setData({ open: this.data.open === code ? '' : code })
  },
}))
