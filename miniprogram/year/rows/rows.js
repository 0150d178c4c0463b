// The services, sign-ups, judgements or trainings behind one part (`part`) of what the books say of my year (`code`).

const api = require('../../lib/request')
const { PARTS } = require('../lib/assessed')
const { date, duration } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {any} each @param {number} index */
const row = (each, index) => {
  const timed = each.kind === 'minutes' || each.kind === 'training'
  const value = timed ? duration(each.value) : each.kind === 'evaluation' ? `${each.value} 星` : each.words
  return {
    key: index, title: each.title || each.words || '服务记录', day: date(each.local_day), value,
    words: each.title && each.kind !== 'signup' ? each.words : '',
  }
}

Page(view({
  cache: (/** @type {Record<string, string>} */ query) => `rows-${query.code}-${query.part}`,
  data: { title: '', rows: [] },

  async load() {
    const { code, part } = this.query
    const { rows } = await api.get('/me/assessments/{code}/sources/{part}', { code, part })
    return { title: PARTS[part] || '', rows: rows.map(row) }
  },
}))
