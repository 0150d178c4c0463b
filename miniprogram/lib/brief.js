// An activity of a list as components/activity-card shows it.

const { moment, span } = require('./text')

/** @param {any} each an activity of GET /activities or /public/activities */
const brief = (each) => ({
  code: each.code, title: each.title, place: each.place, team: each.team_short_name, domain: each.domain,
  when: span(each.starts_at, each.ends_at), ...word(each),
})

/** @param {any} each @returns {{ word: string, look: string }} the one word about it, and its colour */
const word = (each) => {
  if (each.my_word) return { word: each.my_word, look: each.mine ? 'ok' : 'wait' }
  if (Date.parse(each.signup_opens_at) > Date.now()) return { word: `${moment(each.signup_opens_at)} 开始报名`, look: '' }
  return each.places_left ? { word: `还要 ${each.places_left} 人`, look: 'wait' } : { word: '已报满', look: '' }
}

module.exports = { brief }
