// 积分兑换: what waits for me, and what there is; only where the division has turned it on.

const opening = require('../../lib/opening')
const api = require('../../lib/request')
const { date } = require('../../lib/text')
const view = require('../../lib/view')

const FEW = 20
/** @type {Partial<Record<ProblemCode, string>>} */
const NO = { points_short: '积分不够', reward_gone: '没有了', reward_limit: '换过了' }

/** @param {any} each of GET /rewards */
const offer = (each) => ({
  code: each.code, title: each.title, price: `${each.price} 分`, word: each.obstacle ? NO[each.obstacle] || '条件还不够' : '可以换', look: each.obstacle ? '' : 'ok',
  note: [each.giver, each.stars && `${each.stars} 星以上`, each.honour && '得过荣誉的', each.left > 0 && each.left < 20 && `还有 ${each.left} 件`].filter(Boolean).join('，'),
})

/** @param {any} each of GET /me/redemptions */
const waiting = (each) => ({ code: each.code, title: each.title, digits: each.digits, where: `最晚 ${date(each.due_on)}，${each.place}` })

Page(view({
  cache: 'mall',
  data: { balance: 0, spirit: '', offers: [], waiting: [], shown: FEW },

  async load() {
    const [shelf, { redemptions }] = await Promise.all([api.get('/rewards'), api.get('/me/redemptions')])
    return {
      balance: shelf.balance, spirit: shelf.spirit, offers: shelf.offers.map(offer),
      waiting: redemptions.filter((/** @type {any} */ each) => each.state === 'waiting').map(waiting),
    }
  },

  /** @param {any} event */
  onOffer(event) {
    opening.go(`/recognition/reward/reward?code=${event.currentTarget.dataset.code}`)
  },

  /** @param {any} event */
  onWaiting(event) {
    opening.go(`/recognition/redemptions/redemptions?code=${event.currentTarget.dataset.code}`)
  },

  onMine() {
    opening.go('/recognition/redemptions/redemptions')
  },

  onReachBottom() {
    if (this.data.shown < this.data.offers.length) this.setData({ shown: this.data.shown + FEW })
  },
}))
