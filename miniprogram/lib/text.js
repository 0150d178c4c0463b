// Minutes and moments in words. Moments are ISO 8601 or epoch milliseconds, shown in Shanghai's time whatever the phone's.

const SHANGHAI = 8 * 3600 * 1000
const DAY = 24 * 3600 * 1000
const WEEKDAYS = '日一二三四五六'

/** @param {string | number} at @returns {Date} whose UTC fields are Shanghai's */
const local = (at) => new Date((typeof at === 'number' ? at : Date.parse(at)) + SHANGHAI)

/** @param {Date} when */
const time = (when) => `${when.getUTCHours()}:${String(when.getUTCMinutes()).padStart(2, '0')}`

/** @param {Date} when 今天, 明天, 昨天, else 11月28日（周六）, with the year where it is another one */
const day = (when) => {
  const now = local(Date.now())
  const days = Math.floor(when.getTime() / DAY) - Math.floor(now.getTime() / DAY)
  const near = { '-1': '昨天', 0: '今天', 1: '明天', 2: '后天' }[days]
  if (near) return near
  const year = when.getUTCFullYear() === now.getUTCFullYear() ? '' : `${when.getUTCFullYear()}年`
  return `${year}${when.getUTCMonth() + 1}月${when.getUTCDate()}日（周${WEEKDAYS[when.getUTCDay()]}）`
}

/** @param {string | number} at 明天 9:00 */
const moment = (at) => `${day(local(at))} ${time(local(at))}`

/** @param {string | number} at 9:00 */
const clock = (at) => time(local(at))

/** The last day of a term that ends at a moment, which is often midnight. @param {string | number} at 12月4日（周五） */
const lastDay = (at) => day(new Date(local(at).getTime() - 1))

/** @param {string} from @param {string} to 明天 9:00–11:30; over midnight both days */
const span = (from, to) => {
  const [start, end] = [local(from), local(to)]
  const same = Math.floor(start.getTime() / DAY) === Math.floor(end.getTime() / DAY)
  return same ? `${moment(from)}–${time(end)}` : `${moment(from)} 到 ${moment(to)}`
}

/**
 * A time of day (9:00) on the local day of a moment, as ISO 8601; on the next day where it lies before `after`.
 * @param {string} at @param {string} hour @param {string} [after]
 */
const onDay = (at, hour, after = '') => {
  const minutes = (/** @type {string} */ text) => Number(text.split(':')[0]) * 60 + Number(text.split(':')[1])
  const start = Math.floor(local(at).getTime() / DAY) * DAY - SHANGHAI
  const late = after && minutes(hour) < minutes(after) ? DAY : 0
  return new Date(start + late + minutes(hour) * 60000).toISOString()
}

/** @param {string} day a local day YYYY-MM-DD: 2026年11月28日 */
const date = (day) => {
  const [year, month, number] = day.split('-').map(Number)
  return `${year}年${month}月${number}日`
}

/** @param {number} minutes 2小时30分钟 */
const duration = (minutes) => {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (!hours) return `${rest}分钟`
  return rest ? `${hours}小时${rest}分钟` : `${hours}小时`
}

module.exports = { clock, date, duration, lastDay, moment, onDay, span }
