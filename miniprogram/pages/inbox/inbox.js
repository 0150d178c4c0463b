// 消息: newest first; what was shown is read, which waits for the network where there is none.

const api = require('../../lib/request')
const { badge } = require('../../lib/badge')
const opening = require('../../lib/opening')
const paging = require('../../lib/paging')
const queue = require('../../lib/queue')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {any} each */
const message = (each) => ({
  id: each.id, title: each.title, body: each.body, when: moment(each.created_at), fresh: !each.read,
  page: each.page && `/${each.page}`, elsewhere: Boolean(each.url) && !each.page,
})

Page(view({
  cache: 'inbox',
  data: { list: [], more: 0, fetching: false, tail: '' },

  load() {
    return this.page(0)
  },

  /** @param {number} after the id of the last one shown, 0 for the beginning */
  async page(after) {
    const { messages } = await api.get('/me/inbox', { limit: paging.SIZE, after: after || '' })
    const ids = messages.filter((/** @type {any} */ each) => !each.read).map((/** @type {any} */ each) => each.id)
    if (ids.length) {
      queue.now({ method: 'POST', path: '/me/inbox/read', params: {}, body: { ids }, what: '“消息已读”' })
        .then(({ answer }) => { if (answer) badge(answer.unread) }, () => {})
    }
    const full = messages.length === paging.SIZE
    return { list: messages.map(message), more: full ? messages[messages.length - 1].id : 0 }
  },

  async onReachBottom() {
    const { more, fetching } = this.data
    if (!more || fetching) return
    this.setData({ fetching: true, tail: '' })
    try {
      const next = await this.page(more)
      paging.append(this, 'list', next.list)
      this.setData({ more: next.more })
    } catch (error) {
      this.setData({ tail: '后面的没有取到，点这里再试' })
    }
    this.setData({ fetching: false })
  },

  /** @param {any} event */
  onOpen(event) {
    const { page } = event.currentTarget.dataset
    if (page) opening.go(page)
  },
}))
