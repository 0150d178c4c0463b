// 礼遇码: the code that a provider scans; bright, good for a few minutes, a new one by itself before it is over.

const bright = require('../../lib/bright')
const api = require('../../lib/request')
const { clock } = require('../../lib/text')
const view = require('../../lib/view')
const { LEFT } = require('../words')

const EARLY = 20000 // milliseconds before the end

Page(view({
  data: { url: '', benefit: '', provider: '', name: '', until: '', left: '', over: false },

  async load() {
    const card = await api.get('/me/benefits/{code}/card', { code: this.query.code || '' })
    this.wait(card.seconds * 1000)
    return {
      url: card.url, benefit: card.benefit, provider: card.provider, name: card.name, until: clock(card.expires_at), over: false,
      left: card.left === null ? '' : `${LEFT[card.per]} ${card.left} 次。`,
    }
  },

  /** @param {number} left milliseconds for which the code is good: counted here, the phone's clock may be wrong */
  wait(left) {
    this.stop()
    if (this.gone) return
    this.renewal = setTimeout(() => this.refresh(), Math.max(5000, left - EARLY))
    this.ending = setTimeout(() => this.setIfHere({ over: true }), left)
  },

  stop() {
    clearTimeout(this.renewal)
    clearTimeout(this.ending)
  },

  onShow() {
    bright.on()
  },

  onHide() {
    this.stop()
    bright.off()
  },

  onUnload() {
    this.stop()
    bright.off()
  },

  async onAnother() {
    await this.act('another', () => this.refresh())
  },
}))
