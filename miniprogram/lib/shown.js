// An activity in full as its page shows it: facts in words, and for each shift what can be done with it.

const { clock, duration, moment, span } = require('./text')

const OPENNESS = /** @type {Record<string, string>} */ ({ team: '本服务队的队员', area: '本县区的志愿者', everyone: '所有志愿者' })
const JOINING = /** @type {Record<string, string>} */ ({ approval: '（队长看过再录用）', invite: '（只限队长邀请的人）', open: '' })

/** Where somebody puts right what keeps him from a place. @param {string} how @param {any} one its activity */
const remedy = (how, one) => /** @type {Record<string, { words: string, page: string }>} */ ({
  mine: { words: '看我报的活动', page: '/pages/home/home' },
  guardian: { words: '交监护人同意书', page: '/joining/guardian/guardian' },
  join: { words: '申请加入服务队', page: `/pages/join/join?code=${one.team_code}` },
  training: { words: '看有没有培训', page: '/year/trainings/trainings' },
  skills: { words: '填我会什么、交证书', page: '/year/skills/skills' },
})[how] || null

/** @param {any} one an activity of GET /activities/{code} */
const facts = (one) => [
  ['时间', span(one.starts_at, one.ends_at)],
  ['地点', one.place || '请问联系人'],
  ['服务队', one.team_name],
  ['类别', one.kind || `${one.domain_name}·${one.sub_domain_name}`],
  ['内容', one.content || '到现场听队长安排'],
  ['参加条件', one.conditions],
  ['保障', one.safeguards],
  ['谁能参加', one.openness ? `${OPENNESS[one.openness] || OPENNESS.everyone}${one.danger ? '，满十八周岁' : ''}` : ''],
  ['怎么报名', `${one.how_to_join || '在这个页面报名'}${JOINING[one.joining] || ''}`],
  ['报名截止', moment(one.signup_closes_at)],
  ['联系人', one.contact],
].filter(([, value]) => value).map(([name, value]) => ({ name, value }))

/** @param {any} each a shift @param {any} one its activity */
const shift = (each, one) => {
  const left = Math.max(0, each.quota - each.taken)
  const free = each.waiting ? 0 : left
  return {
    code: each.code, position: each.position, requirement: each.requirement, asked: each.asked.join('；'),
    when: span(each.starts_at, each.ends_at), own: each.starts_at !== one.starts_at || each.ends_at !== one.ends_at,
    places: free ? `还要 ${free} 人` : each.waiting ? `已报满，${each.waiting} 人候补` : '已报满',
    look: free ? 'wait' : '', quota: each.quota, startsAt: each.starts_at, endsAt: each.ends_at,
    mine: each.mine || '', word: each.word, inLine: each.in_line || 0, invited: each.invited, reason: each.reason,
    offerUntil: each.offer_until ? moment(each.offer_until) : '',
    riskChanged: each.risk_changed, coming: each.coming, askedComing: each.asked_coming,
    can: each.can, no: each.no, remedy: remedy(each.remedy, one),
  }
}

/** @param {any[]} shifts as `shift` shows them @returns {any} what keeps from all of them, where that is one and the same */
const hindered = (shifts) => {
  const first = shifts[0]
  return first && first.no && shifts.every((each) => each.no === first.no) ? first : null
}

/** @param {any} record my own attendance @returns {{ title: string, words: string } | null} */
const attended = (record) => {
  if (!record) return null
  const came = record.in_at ? `${clock(record.in_at)} 签到` : ''
  if (!record.out_at) return { title: '您已经签到', words: `${came}。走之前请再扫签退码。` }
  return { title: '您已经签退', words: `${came}，${clock(record.out_at)} 签退，服务 ${duration(record.minutes)}。` }
}

const FIELDS = /** @type {Record<string, string>} */ ({ starts_at: '开始', ends_at: '结束', place: '地点' })

/** @param {any[]} moves what moved and was not read yet, in lines */
const moved = (moves) =>
  moves.flatMap((move) => move.fields.map((/** @type {any} */ field) => {
    const say = (/** @type {string} */ value) => (field.field === 'place' ? value : moment(value))
    const where = move.shift ? `${move.shift}：` : ''
    return `${where}${FIELDS[field.field] || ''}由 ${say(field.old)} 改为 ${say(field.new)}`
  }))

/** @param {any} one what is said instead of a form where nothing can be signed up for */
const closed = (one) => {
  if (one.state !== 'published') return ''
  const now = Date.now()
  if (now < Date.parse(one.signup_opens_at)) return `${moment(one.signup_opens_at)} 开始报名。`
  if (now >= Date.parse(one.signup_closes_at) || now >= Date.parse(one.ends_at)) {
    return `报名已经结束。${one.walk_in && now < Date.parse(one.ends_at) ? '直接到现场也可以参加。' : ''}`
  }
  return one.joining === 'invite' ? '这个活动由队长邀请。想去的话，请跟队长说一声。' : ''
}

module.exports = { attended, closed, facts, hindered, moved, shift }
