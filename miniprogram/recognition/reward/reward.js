// 一件礼品: what it is, where it is picked up, and redeeming it at the price that is shown (`code`).

const opening = require('../../lib/opening')
const papers = require('../../lib/papers')
const api = require('../../lib/request')
const { askYes, tell } = require('../../lib/saying')
const { date } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {any} one */
const facts = (one) => [
  ['谁提供', one.giver], ['在哪里领', one.place], ['还有', `${one.left} 件`],
  ['每人', one.limit ? `最多 ${one.limit} 件${one.mine ? `，您换过 ${one.mine} 件` : ''}` : ''],
  ['条件', [one.stars && `${one.stars} 星以上`, one.honour && '得过荣誉'].filter(Boolean).join('，')], ['最晚', one.until && date(one.until)],
].filter(([, value]) => value).map(([name, value]) => ({ name, value }))

Page(view({
  cache: (query) => `reward-${query.code}`,
  data: { title: '', about: '', price: 0, place: '', says: '', facts: [], photo: '' },

  async load() {
    const one = await api.get('/rewards/{code}', { code: this.query.code || '' })
    if (one.has_photo && !this.data.photo) this.picture()
    return { title: one.title, about: one.about, price: one.price, place: one.place, says: one.says, facts: facts(one) }
  },

  /** Comes when it comes; the page is whole without it. */
  async picture() {
    try {
      this.setIfHere({ photo: await papers.picture('/rewards/{code}/photo', { code: this.query.code }) })
    } catch (error) {
      this.setIfHere({ photo: '' })
    }
  },

  async onRedeem() {
    const { title, price, place } = this.data
    if (!(await askYes(`用 ${price} 分换“${title}”？领的地方：${place}。`, { yes: '换', no: '先不换' }))) return
    await this.act('redeem', async () => {
      const made = await api.post('/rewards/{code}/redeem', { code: this.query.code }, { price })
      await tell('换好了。领的时候出示下一页的码。')
      opening.instead(`/recognition/redemptions/redemptions?code=${made.code}`)
    })
    if (!this.gone) await this.refresh()
  },
}))
