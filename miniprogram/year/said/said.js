// 对我的评价: what organisers said of me, newest first.

const api = require('../../lib/request')
const { moment } = require('../../lib/text')
const view = require('../../lib/view')

Page(view({
  cache: 'said',
  data: { said: [] },

  async load() {
    const { said } = await api.get('/me/evaluations')
    return {
      said: said.map((/** @type {any} */ each, /** @type {number} */ key) => ({
        ...each, key, stars: '★'.repeat(each.score), at: moment(each.at),
      })),
    }
  },
}))
