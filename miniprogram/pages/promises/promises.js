// 我的誓言和协议: what I promised, in which version; a text that changed is read and accepted again.

const api = require('../../lib/request')
const { brief } = require('../../lib/saying')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {any} each */
const promise = (each) => ({ ...each, key: `${each.document}${each.team_code}`, at: each.at ? moment(each.at) : '' })

Page(view({
  cache: 'promises',
  data: { list: [] },

  async load() {
    const { promises } = await api.get('/me/promises')
    return { list: promises.map(promise) }
  },

  /** @param {any} event */
  async onAccept(event) {
    const { document, team } = event.currentTarget.dataset
    await this.act(`accept-${document}${team}`, async () => {
      const { promises } = await api.post('/me/promises', {}, { document, team_code: team || null })
      this.setData({ list: promises.map(promise) })
      brief('已经同意')
    })
  },
}))
