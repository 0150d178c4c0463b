// The capsule's dots: share, settings, start again.
const { mp } = require('./report')
const { sheet } = require('./dialogs')
const pages = require('./pages')

async function open() {
  const page = pages.top()
  const items = [
    ['重新进入小程序', () => mp.open({ path: mp.program.app.pages[0] })],
    ['设置', () => window.wx.openSetting({ fromMenu: true })],
  ]
  if (page?.caller.onShareAppMessage && !page.noShare) items.unshift(['转发给朋友', () => share({ from: 'menu' })])
  const chosen = await sheet(items.map(([text]) => text))
  if (chosen >= 0) items[chosen][1]()
}

/** Ask the page what to share, and hand it to the phone. */
async function share(from) {
  const page = pages.top()
  const answer = pages.call(page, 'onShareAppMessage', from) || {}
  const promised = answer.promise ? await answer.promise : {}
  const card = { title: document.title, path: `/${page.path}`, imageUrl: '', ...answer, ...promised }
  delete card.promise
  mp.shared = card
  mp.host.tell('share', card)
}

module.exports = { open, share }
