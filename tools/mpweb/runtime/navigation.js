// Going from page to page by WeChat's rules; refusals are worded as WeChat words them.
const { mp, error } = require('./report')
const { isTab } = require('./shell')
const { call } = require('./api/call')
const { channels } = require('./channels')
const pages = require('./pages')

/** A url as written, relative to the page on top, as path and query. Values stay as they are in the url. */
function parse(url) {
  const [written, text = ''] = String(url ?? '').split('?')
  const path = absolute(written)
  const query = {}
  for (const pair of text.split('&').filter(Boolean)) {
    const at = pair.indexOf('=')
    query[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? '' : pair.slice(at + 1)
  }
  return { path, query }
}

function absolute(written) {
  if (written.startsWith('/')) return written.slice(1)
  const parts = (pages.top()?.path || '').split('/').slice(0, -1)
  for (const part of written.split('/')) {
    if (part === '..') parts.pop()
    else if (part && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function known(url, misuse) {
  const found = parse(url)
  if (!mp.program.app.pages.includes(found.path)) misuse(`fail page "${found.path}" is not found`)
  return found
}

const acts = {
  navigateTo({ url, events = {} }, { misuse }) {
    const { path, query } = known(url, misuse)
    if (isTab(path)) misuse('fail can not navigateTo a tabbar page')
    if (pages.stack.length >= pages.MOST) misuse('fail webview count limit exceed')
    const [eventChannel, theirs] = channels()
    for (const [name, act] of Object.entries(events)) eventChannel.on(name, act)
    pages.push(path, query, theirs)
    return { eventChannel }
  },
  redirectTo({ url }, { misuse }) {
    const { path, query } = known(url, misuse)
    if (isTab(path)) misuse('fail can not redirectTo a tabbar page')
    pages.replace(path, query)
  },
  navigateBack({ delta = 1 }, { fail }) {
    if (pages.stack.length < 2) fail('fail cannot navigate back at first page.')
    pages.pop(Math.max(delta, 1))
  },
  switchTab({ url }, { misuse }) {
    const { path } = known(url, misuse)
    if (!isTab(path)) misuse('fail can not switch to no-tabBar page')
    if (url.includes('?')) error(`wx.switchTab: url 不支持 queryString, ${url}`)
    pages.tab(path)
  },
  reLaunch({ url }, { misuse }) {
    const { path, query } = known(url, misuse)
    pages.restart(path, query)
  },
}

/** Going happens a moment later, so that onLoad or a tap's handler is through before its page goes. */
function later(act) {
  return async (options, refusals) => {
    await new Promise((done) => setTimeout(done))
    return act(options, refusals)
  }
}

const interfaces = Object.entries(acts).map(([name, act]) => [name, call(name, later(act))])

module.exports = { parse, ...Object.fromEntries(interfaces) }
