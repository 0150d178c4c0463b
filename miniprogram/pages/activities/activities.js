// 活动: what is open, nearest first; by kind, only with places, or near another place. Needs no registration.

const api = require('../../lib/request')
const { brief } = require('../../lib/brief')
const paging = require('../../lib/paging')
const session = require('../../lib/session')
const view = require('../../lib/view')

const KINDS = [
  { domain: '', name: '全部' }, { domain: 'D1', name: '乡村振兴' }, { domain: 'D2', name: '文明创建' },
  { domain: 'D3', name: '基层治理' }, { domain: 'D4', name: '退役军人服务' },
]

Page(view({
  cache: 'activities',
  data: { list: [], more: '', kinds: KINDS, domain: '', free: false, region: '', place: '', picking: false, fetching: false, tail: '' },

  async load() {
    return this.page('')
  },

  /** @param {string} after the cursor of the last one shown */
  async page(after) {
    const { domain, free, region } = this.data
    const query = { domain, free: free || '', limit: paging.SIZE, after }
    const own = !region && (await session.registered())
    const answer = own
      ? await api.get('/activities', query)
      : await api.get('/public/activities', { ...query, region })
    const list = answer.activities
    return { list: list.map(brief), more: list.length === paging.SIZE ? list[list.length - 1].cursor : '', tail: '' }
  },

  async onReachBottom() {
    const { more, fetching } = this.data
    if (!more || fetching) return
    this.setData({ fetching: true, tail: '' })
    try {
      const next = await this.page(more)
      if (this.data.more === more) {
        paging.append(this, 'list', next.list)
        this.setData({ more: next.more })
      }
    } catch (error) {
      this.setData({ tail: '后面的没有取到，点这里再试' })
    }
    this.setData({ fetching: false })
  },

  /** @param {any} event */
  onKind(event) {
    this.choose({ domain: event.currentTarget.dataset.domain })
  },

  onFree() {
    this.choose({ free: !this.data.free })
  },

  onPick() {
    this.setData({ picking: !this.data.picking })
  },

  /** @param {{ detail: { code: string, path: string } }} event */
  onPlace(event) {
    this.choose({ region: event.detail.code, place: event.detail.path, picking: false })
  },

  onHome() {
    this.choose({ region: '', place: '', picking: false })
  },

  /** Kept as the last view is only what one sees at first. @param {Record<string, any>} chosen */
  async choose(chosen) {
    this.setData({ ...chosen, list: [], more: '', problem: '', stale: '', state: 'loading' })
    const { domain, free, region } = this.data
    this.cacheName = domain || free || region ? '' : 'activities'
    await this.refresh()
  },
}))
