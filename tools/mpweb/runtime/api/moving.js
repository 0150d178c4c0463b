// Going between pages, the bar above them, the tabs below, scrolling.
const { mp } = require('../report')
const { call } = require('./call')
const { dress, marks } = require('../shell')
const navigation = require('../navigation')
const pages = require('../pages')

const redraw = () => pages.top() && dress(pages.top(), pages.stack.length)

/** Change the page on top, then draw its bar. */
function onTop(change) {
  const page = pages.top()
  if (page) change(page)
  redraw()
}

function mark(name, change) {
  return call(name, (options, { misuse }) => {
    if (!marks[options.index]) misuse(`fail tabbar item not found`)
    change(marks[options.index], options)
    redraw()
  })
}

function scroll({ scrollTop, selector, duration = 300, offsetTop = 0 }) {
  const { scroller, root } = pages.top()
  let goal = scrollTop
  if (selector) {
    const found = root.getComponent().getShadowRoot()?.querySelector(selector)?.$$
    if (!found) return
    goal = scroller.scrollTop + found.getBoundingClientRect().top - scroller.getBoundingClientRect().top + offsetTop
  }
  scroller.scrollTo({ top: goal, behavior: duration ? 'smooth' : 'instant' })
}

const { navigateTo, redirectTo, navigateBack, switchTab, reLaunch } = navigation

module.exports = {
  navigateTo,
  redirectTo,
  navigateBack,
  switchTab,
  reLaunch,
  setNavigationBarTitle: call('setNavigationBarTitle', ({ title }) => onTop((page) => (page.title = title))),
  setNavigationBarColor: call('setNavigationBarColor', ({ frontColor, backgroundColor }) =>
    onTop((page) => (page.bar = { frontColor, backgroundColor })),
  ),
  showNavigationBarLoading: call('showNavigationBarLoading', () => onTop((page) => (page.loading = true))),
  hideNavigationBarLoading: call('hideNavigationBarLoading', () => onTop((page) => (page.loading = false))),
  hideHomeButton: call('hideHomeButton', () => onTop((page) => (page.noHome = true))),
  setBackgroundColor: call('setBackgroundColor', ({ backgroundColor }) =>
    onTop((page) => backgroundColor && page.box.style.setProperty('--page-background', backgroundColor)),
  ),
  setBackgroundTextStyle: call('setBackgroundTextStyle', () => ({})),
  setTabBarBadge: mark('setTabBarBadge', (tab, { text }) =>
    Object.assign(tab, { badge: String(text).slice(0, 4), dot: false }),
  ),
  removeTabBarBadge: mark('removeTabBarBadge', (tab) => Object.assign(tab, { badge: '' })),
  showTabBarRedDot: mark('showTabBarRedDot', (tab) => Object.assign(tab, { badge: '', dot: true })),
  hideTabBarRedDot: mark('hideTabBarRedDot', (tab) => Object.assign(tab, { dot: false })),
  showTabBar: call('showTabBar', () => onTop(() => (mp.tabsHidden = false))),
  hideTabBar: call('hideTabBar', () => onTop(() => (mp.tabsHidden = true))),
  startPullDownRefresh: call('startPullDownRefresh', () => pages.refresh(pages.top())),
  stopPullDownRefresh: call('stopPullDownRefresh', () => pages.refreshed()),
  pageScrollTo: call('pageScrollTo', scroll),
  enableAlertBeforeUnload: call('enableAlertBeforeUnload', ({ message }) => onTop((page) => (page.alert = message))),
  disableAlertBeforeUnload: call('disableAlertBeforeUnload', () => onTop((page) => (page.alert = null))),
  nextTick: (act) => void Promise.resolve().then(act),
}
