// From where a page was opened, and where that leads: the address of an ordinary QR code (`q`), a mini-program code
// (`scene`), what the scanner read. A message opens its page itself, with its query.

const { tell } = require('./saying')

const NO_PAGE = '这一页在小程序里打不开。请在公众号里点开，或者问问队长、服务站。'
const ADDRESS = /\/q\/([0-9a-z]+\.[0-9A-Za-z._-]+)/
const TABS = ['/pages/home/home', '/pages/activities/activities', '/pages/inbox/inbox', '/pages/me/me']

/**
 * What a code is: the whole address, or what stands behind /q/ in it.
 * a1 an activity; i1, o1, p1 a scan (in, out, poster); v1, k1 a person's own code or card.
 * @param {string} text
 * @returns {{ kind: 'activity' | 'scan' | 'person' | 'foreign', code: string }}
 */
const meaning = (text) => {
  const found = ADDRESS.exec(text) || /^([aiopvk]1\.[0-9A-Za-z._-]+)$/.exec(text)
  if (!found) return { kind: 'foreign', code: '' }
  const code = found[1]
  const kinds = { a1: 'activity', i1: 'scan', o1: 'scan', p1: 'scan', v1: 'person', k1: 'person' }
  const kind = kinds[/** @type {'a1'} */ (code.slice(0, 2))] || 'foreign'
  return { kind: /** @type {'scan'} */ (kind), code: kind === 'activity' ? code.slice(3) : code }
}

/**
 * The page for a scanned text; "" for a code of something else.
 * @param {string} text
 * @returns {string}
 */
const pageOf = (text) => {
  const { kind, code } = meaning(text)
  if (kind === 'activity') return `/pages/activity/activity?code=${encodeURIComponent(code)}`
  if (kind === 'scan') return `/pages/scan/scan?code=${encodeURIComponent(code)}`
  if (kind === 'person') return `/leader/person/person?code=${encodeURIComponent(code)}`
  return ''
}

/** A page was opened by a code: on to where that leads, if it is somewhere else. @param {Record<string, string>} query decoded */
const follow = (query) => {
  const page = pageOf(query.q || query.scene || '')
  if (page) go(page)
}

/** To a page, tab or not. @param {string} url */
const go = (url) => {
  const path = url.split('?')[0]
  if (TABS.includes(path)) wx.switchTab({ url: path })
  else wx.navigateTo({ url, fail: () => wx.redirectTo({ url, fail: () => tell(NO_PAGE) }) }) // ten pages deep: in this one's place
}

/** In place of this page: after a registration, to where the person was going. @param {string} url */
const instead = (url) => {
  const path = url.split('?')[0]
  if (TABS.includes(path)) wx.switchTab({ url: path })
  else wx.redirectTo({ url })
}

module.exports = { follow, go, instead, meaning, pageOf }
