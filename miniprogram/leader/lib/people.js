// The people of a list as the pages show them: what each is to the leader now, and what this phone kept of them.

const offline = require('../../lib/offline')
const { clock, duration } = require('../../lib/text')
const checking = require('./checking')

const MARKS = /** @type {Record<string, string>} */ ({ present: '到场', absent: '没有来', excused: '请假', left_early: '提前离开' })

/** Somebody may stand on the list twice, once a shift. @param {string} shift @param {string} no */
const keyOf = (shift, no) => `${shift}-${no}`

/** @param {any} each one person of the day */
const person = (each) => ({
  key: keyOf(each.shift_code, each.public_no), no: each.public_no, name: each.name, shift: each.shift_code, record: each.record_id, me: each.is_me,
  group: each.group, position: each.position, phone: each.phone, walkIn: each.walk_in && !each.signed, mark: MARKS[each.outcome] || '',
  coming: each.coming && each.state === 'expected', mayMark: each.may_mark, state: each.state, kept: '', way: wayOf(each),
  when: each.state === 'expected' ? '' : times(each),
})

/** @param {{ state: string, is_me: boolean }} each @returns {'in' | 'out' | ''} what the list can do for him now */
const wayOf = (each) => (each.is_me ? '' : each.state === 'expected' ? 'in' : each.state === 'inside' ? 'out' : '')

/** @param {any} each */
const times = (each) => {
  if (!each.in_at) return ''
  return each.out_at ? `${clock(each.in_at)}–${clock(each.out_at)}，${duration(each.minutes)}` : `${clock(each.in_at)} 签到`
}

/** Somebody with what the server has just said of him. @param {any} each @param {any} said */
const ticked = (each, said) => {
  const state = said.out_at ? 'left' : 'inside'
  return { ...each, state, group: state, record: said.record_id, way: wayOf({ state, is_me: each.me }), when: times(said), kept: '' }
}

/** The people of a list that this phone took along. @param {any} kit @param {number} now epoch ms @param {string} shift that of now */
const fromKit = ({ activity, people, others }, now, shift) => {
  const blank = { record: 0, position: '', phone: '', walkIn: false, mark: '', coming: false, mayMark: false, kept: '' }
  const entries = people.map((/** @type {any} */ each) => {
    const state = each.out_at ? 'left' : each.in_at ? 'inside' : 'expected'
    const group = state === 'expected' ? (activity.starts_at <= now ? 'due' : 'coming') : state
    return {
      ...blank, key: keyOf(each.shift, each.no), no: each.no, name: each.name, shift: each.shift, me: each.me, group, state,
      way: wayOf({ state, is_me: each.me }), when: times({ ...each, minutes: 0 }).replace('，0分钟', ''),
    }
  })
  const more = others.map((/** @type {any} */ each) => ({
    ...blank, key: keyOf(shift, each.no), no: each.no, name: each.name, shift, me: false, group: 'others', state: 'expected', way: 'in', when: '',
  }))
  return [...entries, ...more]
}

/** Whether a kept scan is of this line: of who stands on the list twice, that of its shift. @param {any[]} people */
const belongs = (people) => (/** @type {any} */ scan, /** @type {any} */ each) =>
  scan.no === each.no && (scan.shift === each.shift || people.filter((one) => one.no === each.no).length === 1)

/** The people with what this phone kept and has not brought, then kept scans of who is on no list of it. @param {any[]} people @param {string} activity */
const withKept = (people, activity) => {
  const waiting = offline.unsent(activity)
  const of = belongs(people)
  const said = (/** @type {any} */ scan) => `${clock(scan.device_at + scan.offset)} ${checking.WORDS[scan.direction]}`
  const known = people.map((each) => {
    const mine = waiting.filter((scan) => of(scan, each))
    const last = mine[mine.length - 1]
    if (!last) return each
    const group = last.direction === 'in' ? 'inside' : 'left'
    return { ...each, kept: `${mine.map(said).join('，')}，没送出`, group, way: last.direction === 'in' ? 'out' : '' }
  })
  const strangers = waiting.filter((scan) => !people.some((each) => of(scan, each))).map((scan) => ({
    key: scan.nonce, no: scan.nonce, name: scan.name || '没认出的码', group: 'inside', me: true, way: '', position: '', walkIn: false, mark: '',
    coming: false, kept: `${said(scan)}，没送出`, unknown: true,
  }))
  return [...known, ...strangers]
}

module.exports = { fromKit, MARKS, person, ticked, withKept }
