// 我带的活动: today, what waits to be confirmed, what comes; publish one, write to the team.

const { asProblem } = require('../../lib/problem')
const offline = require('../../lib/offline')
const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { span } = require('../../lib/text')
const view = require('../../lib/view')

const DAY = 24 * 3600 * 1000
const SHANGHAI = 8 * 3600 * 1000

/** @param {string | number} at the number of its day in Shanghai */
const dayOf = (at) => Math.floor(((typeof at === 'number' ? at : Date.parse(at)) + SHANGHAI) / DAY)

/** @param {any} each an activity of mine @returns {{ word: string, look: string }} */
const word = (each) => {
  if (each.phase === 'taken') return { word: '名单在手机里，没网也能签', look: 'ok' }
  if (each.asked_centre) return { word: '等服务站同意', look: 'wait' }
  if (each.phase === 'draft') return { word: '草稿，还没发布', look: 'wait' }
  if (each.phase === 'cancelled') return { word: '已取消', look: 'bad' }
  if (each.phase === 'running' && each.state === 'published') return { word: '正在进行', look: 'ok' }
  if (each.phase === 'coming') return { word: `报名 ${each.signed_up} 人`, look: '' }
  return each.unconfirmed ? { word: `${each.unconfirmed} 人等您确认时长`, look: 'wait' } : { word: '已结束', look: '' }
}

/** @param {any} each */
const line = (each) => ({
  label: `${each.title}，${span(each.starts_at, each.ends_at)}，${each.place}，${word(each).word}`,
  code: each.code, title: each.title, place: each.place, team: each.team_name, when: span(each.starts_at, each.ends_at),
  draft: each.phase === 'draft', asks: each.asks, ...word(each),
  numbers: each.phase === 'running' ? `在场 ${each.inside} 人，已走 ${each.left} 人，报名 ${each.signed_up} 人` : '',
})
/** @param {any} each an activity of a list on this phone */
const takenAlong = (each) => ({
  code: each.code, title: each.title, place: each.place, team_name: each.team, starts_at: new Date(each.starts_at).toISOString(),
  ends_at: new Date(each.ends_at).toISOString(), phase: 'taken', state: '', asks: 0, asked_centre: false, signed_up: 0, inside: 0, left: 0, unconfirmed: 0,
})

Page(view({
  cache: 'leader-teams',
  data: { teams: [], today: [], past: [], coming: [], several: false, unsent: 0 },

  async load() {
    const { teams, activities } = await this.leading()
    const today = dayOf(Date.now())
    const of = (/** @type {(each: any) => boolean} */ fits) => activities.filter(fits).map(line)
    const touches = (/** @type {any} */ each) => dayOf(each.starts_at) <= today && dayOf(each.ends_at) >= today
    return {
      teams: teams.map((/** @type {any} */ each) => ({ code: each.code, name: each.name })), several: teams.length > 1,
      today: of(touches), past: of((each) => dayOf(each.ends_at) < today), coming: of((each) => dayOf(each.starts_at) > today),
      unsent: offline.unsent().length,
    }
  },

  /** Without a network and without an earlier view: what this phone took along. */
  async leading() {
    try {
      return await api.get('/me/leading')
    } catch (error) {
      const lists = offline.taken()
      if (!asProblem(error).silent || this.data.state === 'ready' || !lists.length) throw error
      return { teams: [{ code: '', name: lists[0].team }], activities: lists.map(takenAlong) }
    }
  },

  /** @param {any} event */
  onOpen(event) {
    const { code, draft } = event.currentTarget.dataset
    opening.go(draft ? `/leader/publish/publish?code=${code}` : `/leader/day/day?code=${code}`)
  },

  onPublish() {
    opening.go('/leader/publish/publish')
  },

  onProgress() {
    opening.go('/leader/progress/progress')
  },

  onBroadcast() {
    opening.go('/leader/broadcast/broadcast')
  },
}))
