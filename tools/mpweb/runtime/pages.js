// The stack of pages and WeChat's order of life: load, show, ready, hide, unload.
const { mp, error } = require('./report')
const { associated, space } = require('./backend')
const { shell, pages: holder, dress, isTab } = require('./shell')
const { el } = require('./dom')
const { define } = require('./modules')
const { channels } = require('./channels')
const { forget } = require('./setdata')
const { watchPull, watchScroll, watchEdge } = require('./gestures')

const MOST = 10

/** Pages from the first to the one on top. */
const stack = []
/** Tab pages once made stay until reLaunch. */
const tabPages = new Map()

const top = () => stack[stack.length - 1]

/** Call a life-time method of a page; what it throws is noted, as in WeChat, and goes no further. */
function call(page, name, ...values) {
  try {
    const answer = page.caller[name]?.(...values)
    if (answer?.then) answer.then(undefined, (cause) => error(`${page.path} ${name}`, cause))
    return answer
  } catch (cause) {
    error(`${page.path} ${name}`, cause)
    return undefined
  }
}

/** Call a method of the page on top, if it has it. */
function tell(name, ...values) {
  return top() ? call(top(), name, ...values) : undefined
}

/** Make a page and put it on top; it is loaded there, so that what onLoad asks of the page on top is asked of it. */
function enter(path, query, opener) {
  const page = create(path, query, opener)
  if (isTab(path)) tabPages.set(path, page)
  stack.push(page)
  passProperties(page, query)
  call(page, 'onLoad', query)
  show(page)
}

function create(path, query, opener) {
  define(path)
  const config = mp.program.components[path].config
  const box = el('section', 'mp-page')
  box.setAttribute('is', path)
  const scroller = el('div', 'mp-scroll')
  const pull = el('div', 'mp-pull')
  const place = el('span')
  scroller.append(pull, place)
  box.append(scroller)
  box.hidden = true
  holder.append(box)
  const colour = config.backgroundColor ?? mp.program.app.window?.backgroundColor
  if (colour) box.style.setProperty('--page-background', colour)
  const root = associated.createRoot('wx-page', space, path)
  const page = { path, query, box, scroller, pull, root, caller: root.get(), config, ready: false }
  Object.assign(page.caller, {
    route: path,
    options: query,
    getOpenerEventChannel: () => opener || channels()[1],
  })
  root.attach(scroller, place)
  watchScroll(page, { ...mp.program.app.window, ...config }, call)
  watchPull(page, { ...mp.program.app.window, ...config }, () => refresh(page))
  return page
}

/** A page written as Component() gets the query as its properties too. */
function passProperties(page, query) {
  const known = page.root.getComponent().getComponentDefinition().behavior.listProperties?.() || []
  const given = Object.entries(query).filter(([name]) => known.includes(name))
  if (given.length) page.caller.setData(Object.fromEntries(given))
}

function show(page) {
  page.box.hidden = false
  dress(page, stack.length)
  call(page, 'onShow')
  page.root.getComponent().triggerPageLifetime('show', [])
  if (!page.ready) {
    page.ready = true
    requestAnimationFrame(() => page.box.isConnected && call(page, 'onReady'))
  }
  note()
}

function hide(page) {
  if (!page || page.box.hidden) return
  page.box.hidden = true
  call(page, 'onHide')
  page.root.getComponent().triggerPageLifetime('hide', [])
}

function unload(page) {
  call(page, 'onUnload')
  forget(page.root)
  page.root.release()
  page.box.remove()
  tabPages.delete(page.path)
}

/** Keep the address of the page on top in the browser's address, so that a reload comes back to it. */
function note() {
  const { path, query } = top()
  const text = Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  history.replaceState(null, '', `#/${path}${text ? `?${text}` : ''}`)
}

function push(path, query, opener) {
  hide(top())
  enter(path, query, opener)
}

function replace(path, query) {
  const old = stack.pop()
  if (old) unload(old)
  enter(path, query)
}

/** Take pages from the top; the one below comes forward. */
function pop(count) {
  for (let left = Math.min(count, stack.length - 1); left > 0; left -= 1) unload(stack.pop())
  show(top())
}

/** Bring a tab forward: pages above it are unloaded, another tab is only hidden. */
function tab(path) {
  if (top()?.path === path) return
  while (stack.length && !isTab(top().path)) unload(stack.pop())
  hide(stack.pop())
  const page = tabPages.get(path)
  if (!page) {
    enter(path, {})
    return
  }
  stack.push(page)
  show(page)
}

/** Unload all and begin with this page. */
function restart(path, query) {
  const all = new Set([...stack.splice(0).reverse(), ...tabPages.values()])
  all.forEach(unload)
  enter(path, query)
}

/** The whole program goes to the background, or comes back: the page on top hears of it. */
function front(inFront) {
  const page = top()
  if (!page) return
  call(page, inFront ? 'onShow' : 'onHide')
  page.root.getComponent().triggerPageLifetime(inFront ? 'show' : 'hide', [])
}

/** Pulled down, by hand or by wx.startPullDownRefresh. */
function refresh(page) {
  page.pull.style.height = ''
  page.pull.textContent = '正在刷新…'
  page.pull.classList.add('mp-pulled')
  call(page, 'onPullDownRefresh')
}

/** wx.stopPullDownRefresh, of whichever page asked for it. */
function refreshed() {
  for (const { pull } of stack) {
    pull.textContent = ''
    pull.classList.remove('mp-pulled')
  }
}

/** The arrow in the bar and the swipe from the edge: both ask first when the page wants it. */
async function backFromShell() {
  if (stack.length < 2) return
  const page = top()
  if (page.alert) {
    const { modal } = require('./dialogs')
    const buttons = [
      { text: '取消', confirm: false },
      { text: '确定', confirm: true },
    ]
    const { confirm } = await modal({ title: '提示', content: page.alert, buttons })
    if (!confirm) return
  }
  if (top() === page) require('./navigation').navigateBack({})
}
watchEdge(shell, () => stack, backFromShell)

window.getCurrentPages = () => stack.map((page) => page.caller)

module.exports = {
  MOST,
  stack,
  top,
  tell,
  call,
  push,
  replace,
  pop,
  tab,
  restart,
  front,
  refresh,
  refreshed,
  backFromShell,
}
