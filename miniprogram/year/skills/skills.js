// 我的特长和意愿: what I can, what I would like to do, when, and how far from home.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { tell } = require('../../lib/saying')
const view = require('../../lib/view')

const CATEGORIES = [{ code: 'military', name: '在部队学的' }, { code: 'civil', name: '工作上会的' }, { code: 'life', name: '生活里会的' }]
const TIMES = /** @type {Record<string, string>} */ ({
  weekday_morning: '平时上午', weekday_afternoon: '平时下午', weekday_evening: '平时晚上', weekend_morning: '周末上午',
  weekend_afternoon: '周末下午', weekend_evening: '周末晚上', emergency: '有急事随时叫我',
})
const REACHES = [{ level: 5, name: '本村、本社区' }, { level: 4, name: '本乡镇、街道' }, { level: 3, name: '本县（市、区）' }, { level: 2, name: '全市' }]

/** @param {string} name @param {{ code: string, name: string }[]} all @param {(each: any) => boolean} on */
const group = (name, all, on) => ({ name, items: all.map((each) => ({ code: each.code, name: each.name, on: on(each) })) })

/** Groups of boxes: skills by category, kinds of service by domain, times. @param {any} said */
const groups = (said) => {
  const domains = /** @type {string[]} */ ([...new Set(said.kinds.map((/** @type {any} */ each) => each.domain))])
  const times = said.all_times.map((/** @type {string} */ code) => ({ code, name: TIMES[code] || code }))
  return {
    skills: CATEGORIES.map(({ code, name }) =>
      group(name, said.skills.filter((/** @type {any} */ each) => each.category === code), (each) => each.mine)),
    domains: domains.map((name) =>
      group(name, said.kinds.filter((/** @type {any} */ each) => each.domain === name), (each) => said.domains.includes(each.code))),
    times: [group('我有空的时候', times, (each) => said.times.includes(each.code))],
  }
}

/** @param {any[]} all */
const chosen = (all) =>
  all.flatMap(({ items }) => items).filter((each) => each.on).map((each) => each.code)

Page(view({
  settled: true,
  data: { skills: [], domains: [], times: [], reaches: REACHES, reach: 4, note: '' },

  async load() {
    const said = await api.get('/me/skills')
    return { ...groups(said), reach: said.reach, note: said.note }
  },

  /** @param {any} event */
  onTick(event) {
    const { list, group, index, on } = event.currentTarget.dataset
    this.setData({ [`${list}[${group}].items[${index}].on`]: !on })
  },

  /** @param {any} event */
  onReach(event) {
    this.setData({ reach: event.currentTarget.dataset.level })
  },

  /** @param {any} event */
  onNote(event) {
    this.setData({ note: event.detail.value })
  },

  async onSave() {
    const { skills, domains, times, reach, note } = this.data
    await this.act('save', async () => {
      await api.put('/me/skills', {}, { skills: chosen(skills), domains: chosen(domains), times: chosen(times), reach, note: note.trim() })
      await tell('记下了。有合适的活动，队长会来找您。')
    })
  },

  onPapers() {
    opening.go('/year/qualifications/qualifications')
  },
}))
