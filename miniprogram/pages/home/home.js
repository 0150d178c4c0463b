// 首页: what comes next, the big 扫码签到, what waits for an answer of mine; for somebody unknown, what is on and 去登记.

const api = require('../../lib/request')
const { badge } = require('../../lib/badge')
const { brief } = require('../../lib/brief')
const checkin = require('../../lib/checkin')
const offline = require('../../lib/offline')
const opening = require('../../lib/opening')
const queue = require('../../lib/queue')
const scanner = require('../../lib/scanner')
const session = require('../../lib/session')
const { duration, moment, span } = require('../../lib/text')
const view = require('../../lib/view')

const NEAR = 3 // activities shown to a guest

/** @param {any} each a sign-up of mine */
const signup = (each) => ({
  activity: each.activity_code, title: each.title, place: each.place, word: each.word, state: each.state,
  when: span(each.starts_at, each.ends_at), running: Date.parse(each.starts_at) <= Date.now(),
  done: each.checked_out ? '已签退' : each.checked_in ? '已签到' : '', offerUntil: each.offer_until ? moment(each.offer_until) : '',
})

/** @param {any} home what waits for an answer of mine, each with the page where it is given */
const notices = (home) => {
  const found = []
  for (const call of home.calls) {
    const words = `${call.drill ? '【演练】' : ''}调度：${call.title}，${moment(call.starts_at)}${call.asks ? '。请点开答复' : ''}`
    found.push({ words, page: `/year/dispatch/dispatch?code=${call.code}`, urgent: call.asks })
  }
  if (home.barred) {
    const words = `您到${moment(home.barred.until)}为止不能报名：${home.barred.reason}`
    const page = home.barred.case_code ? `/year/case/case?code=${home.barred.case_code}` : ''
    found.push({ words, page, urgent: true })
  }
  if (home.assessed) found.push(assessment(home.assessed))
  if (home.promises_again) found.push({ words: '誓言、协议的内容改过，请再看一遍', page: '/pages/promises/promises', urgent: false })
  if (home.leading) found.push({ words: '我带的活动：签到、名单、结束', page: '/leader/teams/teams', urgent: false })
  if (home.unread) found.push({ words: `您有 ${home.unread} 条新消息`, page: '/pages/inbox/inbox', urgent: false })
  if (home.may_miss) {
    found.push({ words: '活动提醒可能发不到您的微信，点这里看怎么打开', page: '/pages/settings/settings', urgent: false })
  }
  return found
}

/** @param {{ code: string, wants: string, left: number, closes_on: string | null }} asked */
const assessment = (asked) => {
  const words = {
    self: '请给自己这一年打个分', peers: `还有 ${asked.left} 位队友等您评`, result: '您的年度考核有结果了',
  }[asked.wants] || ''
  return { words, page: `/year/assessment/assessment?code=${asked.code}`, urgent: false }
}

/** @param {any} each the end of a write that was kept, in words */
const told = (each) => {
  const what = `${moment(each.at)} 的${each.what}`
  if (!each.ok) return { at: each.at, ok: false, words: `${what}没有办成：${each.message}` }
  const end = each.answer && each.answer.direction ? checkin.inWords(each.answer).title : '网络通了以后已经送到'
  return { at: each.at, ok: true, words: `${what}：${end}。` }
}

Page(view({
  cache: 'home',
  data: { guest: false, left: false, name: '', next: null, others: [], offers: [], cancelled: [], notices: [], near: [], told: [], waiting: 0 },

  async load() {
    if (!(await session.registered())) {
      const { activities } = await api.get('/public/activities', { limit: NEAR })
      return { guest: true, left: session.left(), name: '', next: null, others: [], offers: [], cancelled: [], notices: [], near: activities.map(brief) }
    }
    const home = await api.get('/me/home')
    badge(home.unread)
    const stands = (/** @type {string} */ state) => home.signups.filter((/** @type {any} */ each) => each.activity_state === state)
    const [live, off] = [stands('published'), stands('cancelled')]
    const mine = live.filter((/** @type {any} */ each) => each.state === 'confirmed').map(signup)
    return {
      guest: false, name: home.name, near: [], notices: notices(home),
      next: mine[0] || null, others: mine.slice(1),
      offers: live.filter((/** @type {any} */ each) => each.state !== 'confirmed').map(signup),
      cancelled: off.map(signup),
      total: duration(home.total), year: duration(home.year), pending: home.pending ? duration(home.pending) : '',
    }
  },

  onShow() {
    this.showKept()
    queue.watch(() => {
      this.showKept()
      if (!queue.waiting().length) this.refresh()
    })
  },

  onHide() {
    queue.watch(null)
  },

  onUnload() {
    queue.watch(null)
  },

  showKept() {
    this.setData({ told: queue.told().map(told), waiting: queue.waiting().length + offline.unsent().length })
  },

  onScan: scanner.scan,

  onComeBack() {
    session.comeBack()
    return this.refresh()
  },

  onTold() {
    queue.read()
    this.setData({ told: [] })
  },

  /** @param {{ currentTarget: { dataset: { page: string } } }} event */
  onGo(event) {
    if (event.currentTarget.dataset.page) opening.go(event.currentTarget.dataset.page)
  },
}))
