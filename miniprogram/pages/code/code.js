// 我的码: for the leader to scan; drawn here, so that it needs no network; as bright as the screen can be while it shows.

const bright = require('../../lib/bright')
const api = require('../../lib/request')
const { askYes, brief } = require('../../lib/saying')
const { lastDay } = require('../../lib/text')
const view = require('../../lib/view')

Page(view({
  cache: 'code',
  data: { url: '', name: '', number: '', until: '', over: false },

  async load() {
    const own = await api.get('/me/code')
    return { url: own.url, name: own.name, number: own.public_no, until: lastDay(own.expires_at), untilAt: Date.parse(own.expires_at) }
  },

  onShow() {
    const { untilAt } = this.data // of a kept view: its 明天 may be today by now
    if (untilAt) this.setData({ over: untilAt < Date.now(), until: lastDay(untilAt) })
    bright.on()
  },

  onHide() {
    bright.off()
  },

  onUnload() {
    bright.off()
  },

  async onAnother() {
    if (!(await askYes('换一个码以后，以前的码和截图都不能用了。要换吗？', { yes: '换一个', no: '不换' }))) return
    await this.act('another', async () => {
      await api.del('/me/code')
      await this.refresh()
      brief('已经换好')
    })
  },
}))
