// What publishing and changing an activity ask alike: day and times as pickers hold them, and what is wrong in words.

const { tell } = require('../../lib/saying')

const SHANGHAI = 8 * 3600 * 1000
const DAY = 24 * 3600 * 1000
const FIELDS = /** @type {Record<string, string>} */ ({
  starts_at: '开始的时间已经过了，请往后改', ends_at: '结束要晚于开始，最长一天', place: '请写清地点',
  signup_closes_at: '报名截止比活动还晚，请在电脑上的后台改', content: '还缺活动内容', title: '请写活动名称', positions: '人数没有填对',
  risk_notice: '还缺安全提示', safeguards: '还缺保障', quota: '人数不能比已经报上的人少',
})

/** @param {number} at @returns {string} YYYY-MM-DD in Shanghai */
const dayText = (at) => new Date(at + SHANGHAI).toISOString().slice(0, 10)

/** @param {string} at @returns {string} HH:MM in Shanghai */
const timeText = (at) => new Date(Date.parse(at) + SHANGHAI).toISOString().slice(11, 16)

/**
 * @param {{ day: string, from: string, to: string }} form
 * @returns {{ starts_at: string, ends_at: string }} over midnight where the end comes before the start
 */
const times = ({ day, from, to }) => {
  const at = (/** @type {string} */ time) => Date.parse(`${day}T${time}:00+08:00`)
  const ends = at(to) > at(from) ? at(to) : at(to) + DAY
  return { starts_at: new Date(at(from)).toISOString(), ends_at: new Date(ends).toISOString() }
}

/** The field that the server did not take, in words; anything else goes on. @param {any} error */
const wrong = async (error) => {
  if (error.code !== 'activity_invalid') throw error
  const words = FIELDS[error.facts.field]
  await tell(words ? `${words}。` : error.message)
}

module.exports = { dayText, timeText, times, wrong }
