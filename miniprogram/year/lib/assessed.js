// The year's assessment in words: how it stands, what came out, what the books say.

const { date, duration, lastDay } = require('../../lib/text')

const STATES = /** @type {Record<string, { word: string, look: string }>} */ ({
  open: { word: '进行中', look: 'wait' }, decided: { word: '等结果', look: 'wait' }, told: { word: '有结果了', look: '' },
  objected: { word: '异议等答复', look: 'wait' }, final: { word: '已定', look: '' }, aside: { word: '今年不考核', look: '' },
})
const GRADES = /** @type {Record<string, { word: string, look: string }>} */ ({
  excellent: { word: '优秀', look: 'ok' }, pass: { word: '合格', look: 'ok' }, fail: { word: '不合格', look: 'bad' },
})
const ASIDE = /** @type {Record<string, string>} */ ({
  on_leave: '请假', too_late: '入队时间短', merged: '登记已合并', left: '已退队',
})
const PARTS = /** @type {Record<string, string>} */ ({
  hours: '服务时长', attendance: '出勤', evaluation: '服务评价', training: '培训',
})
const HELD = /** @type {Record<string, { word: string, look: string }>} */ ({
  open: { word: '等答复', look: 'wait' }, answered: { word: '已答复', look: 'ok' }, withdrawn: { word: '已撤回', look: '' },
})

const PHASES = /** @type {Record<string, { word: string, look: string }>} */ ({
  waiting: { word: '还没开始', look: '' }, open: { word: '现在', look: 'wait' }, closed: { word: '过了', look: 'ok' },
})

/** @param {any} part of what the books say */
const told = ({ name, facts }) => {
  if (name === 'hours') return duration(facts.minutes)
  if (name === 'attendance') {
    if (!(facts.present + facts.absent)) return '没有报名记录'
    return `到了 ${facts.present} 次${facts.absent ? `，没到 ${facts.absent} 次` : ''}`
  }
  if (name === 'evaluation') return facts.judged ? `${facts.judged} 次评价，平均 ${(facts.stars / facts.judged).toFixed(1)} 星` : '还没有人评价'
  return facts.recorded ? duration(facts.minutes) : '没有培训记录'
}

/** @param {any} objective */
const books = (objective) => objective && {
  score: objective.score, from: date(objective.first_day), to: date(objective.last_day),
  parts: objective.parts.filter((/** @type {any} */ each) => each.weight).map((/** @type {any} */ each) => ({
    name: each.name, title: PARTS[each.name], told: told(each), score: each.score === null ? '不算' : `${each.score}分`,
  })),
}

/** What the total was made of. @param {any} result */
const formula = (result) => {
  const { self = 0, peer = 0, review = 0, ...others } = result.weights
  return [
    { name: '您自己', weight: self, score: result.self_score === null ? '没有评' : `${result.self_score}分` },
    { name: '队友', weight: peer, score: result.peer_score === null ? '票数不够' : `${result.peer_score}分` },
    ...Object.keys(others).filter((name) => others[name]).map((name) => ({ name: '其他评议', weight: others[name], score: '' })),
    { name: '服务中心', weight: review, score: `${result.review_score}分` },
  ]
}

/** @param {any} held an objection */
const objection = (held) => held && {
  code: held.code, state: held.state, text: held.text, answer: held.answer, due: lastDay(held.due_at), ...(HELD[held.state] || HELD.open),
  change: held.grade_after && held.grade_after !== held.grade_before
    ? `结果由“${GRADES[held.grade_before].word}”改为“${GRADES[held.grade_after].word}”。` : '结果不变。',
}

/** @param {any} result */
const outcome = (result) => {
  const leaving = {
    proposed: { words: '按规定提出请您退出服务队，还在等服务中心审批。您的时长、积分和志愿者身份都保留。', look: 'bad' },
    approved: {
      words: `您已退出服务队。时长、积分和志愿者身份都在${result.rejoin_from ? `，${date(result.rejoin_from)}起可以重新申请入队` : ''}。`, look: 'bad',
    },
    refused: { words: '服务中心没有批准退出，您仍是队员。', look: 'ok' },
  }[/** @type {'proposed'} */ (result.exit_state)] || null
  return {
    ...GRADES[result.grade], total: result.total, reason: result.reason, formula: formula(result), leaving,
    mayObject: result.may_object, until: lastDay(result.object_until), objection: objection(result.objection),
    final: Boolean(result.final_at),
  }
}

/** @param {any} card */
const card = (card) => {
  const now = card.now
  const next = card.phases.find((/** @type {any} */ each) => each.state === 'waiting')
  const left = now && now.kind === 'peer' ? card.tasks - card.tasks_done : 0
  const closed = card.phases.length && card.phases[card.phases.length - 1].state === 'closed'
  return {
    code: card.code, year: card.year, place: card.place, team: card.team, state: card.state, ...(STATES[card.state] || STATES.open),
    aside: card.state === 'aside' ? ASIDE[card.aside_why] || '其他原因' : '',
    now: now && { name: now.name, closes: date(now.closes_on), kind: now.kind },
    idle: closed ? '评完了，结果出来会发消息告诉您。' : `现在没有要您做的事。${next ? `${date(next.opens_on)}开始${next.name}。` : ''}`,
    maySelf: card.may_self, selfScore: card.self_score, selfText: card.self_text, left,
    judging: Boolean(now && now.kind === 'peer' && card.tasks),
    phases: card.phases.map((/** @type {any} */ each) => ({
      number: each.number, name: each.name, days: `${date(each.opens_on)} 到 ${date(each.closes_on)}`,
      ...(PHASES[each.state] || PHASES.waiting),
    })),
    books: card.state === 'aside' ? null : books(card.objective), result: card.result ? outcome(card.result) : null,
  }
}

/** A year in the list of earlier ones. @param {any} each */
const past = (each) => ({
  code: each.code, year: each.year, ...(each.result ? GRADES[each.result.grade] : STATES[each.state] || STATES.open),
})

module.exports = { card, past, PARTS }
