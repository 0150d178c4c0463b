// The phone's frame around the pages: navigation bar with its capsule, the place for pages, the tab bar.
const { mp, host } = require('./report')
const { el, button } = require('./dom')

const { app } = mp.program
const tabBar = app.tabBar || null
const WHITE = new Set(['white', '#ffffff', '#FFFFFF'])

const shell = el('div')
shell.id = 'mp-shell'
const nav = el('header')
nav.id = 'mp-nav'
const pages = el('main')
pages.id = 'mp-pages'
const tabs = el('nav')
tabs.id = 'mp-tabs'
tabs.setAttribute('aria-label', '标签栏')

const title = el('span', 'mp-title')
const back = button('mp-back', '', () => require('./pages').backFromShell(), '返回')
const home = button('mp-home', '', () => require('./navigation').reLaunch({ url: `/${app.pages[0]}` }), '回到首页')
const capsule = el('div', 'mp-capsule')
capsule.append(
  button('mp-more', '', () => require('./menu').open(), '更多'),
  button('mp-close', '', () => host.tell('close'), '关闭'),
)
nav.append(back, home, title, capsule)
shell.append(nav, pages, tabs)
document.body.append(shell)

/** Which tabs carry a number or a dot; kept while the program runs. */
const marks = (tabBar?.list || []).map(() => ({ badge: '', dot: false }))

function isTab(path) {
  return Boolean(tabBar?.list?.some((tab) => tab.pagePath === path))
}

function drawTabs() {
  tabs.replaceChildren()
  for (const [index, tab] of (tabBar?.list || []).entries()) {
    const each = button('', undefined, () => tapTab(tab, index))
    each.dataset.path = tab.pagePath
    if (tab.iconPath) {
      const icon = el('img')
      icon.alt = ''
      each.append(icon)
    }
    each.append(el('span', 'mp-tab-text', tab.text), el('span', 'mp-badge'))
    tabs.append(each)
  }
}

function tapTab(tab, index) {
  require('./navigation')
    .switchTab({ url: `/${tab.pagePath}` })
    .then(() =>
      require('./pages').tell('onTabItemTap', { index: String(index), pagePath: tab.pagePath, text: tab.text }),
    )
}

/** Draw bar and tabs for the page on top. */
function dress(page, depth) {
  const style = { ...app.window, ...page.config }
  nav.dataset.style = style.navigationStyle || 'default'
  title.textContent = page.title ?? style.navigationBarTitleText ?? ''
  document.title = title.textContent
  nav.style.background = page.bar?.backgroundColor || style.navigationBarBackgroundColor || '#000000'
  const text = page.bar?.frontColor || style.navigationBarTextStyle || 'white'
  nav.style.color = WHITE.has(text) ? '#ffffff' : '#000000'
  nav.dataset.text = WHITE.has(text) ? 'white' : 'black'
  back.hidden = depth < 2
  home.hidden = depth > 1 || isTab(page.path) || page.path === app.pages[0] || Boolean(page.noHome)
  nav.dataset.loading = page.loading ? 'true' : ''
  tabs.hidden = !isTab(page.path) || Boolean(mp.tabsHidden)
  dressTabs(page.path)
}

function dressTabs(path) {
  if (!tabBar) return
  tabs.style.background = tabBar.backgroundColor || '#ffffff'
  for (const [index, each] of [...tabs.children].entries()) {
    const tab = tabBar.list[index]
    const on = tab.pagePath === path
    each.style.color = (on ? tabBar.selectedColor : tabBar.color) || ''
    each.setAttribute('aria-current', on ? 'page' : 'false')
    const icon = each.querySelector('img')
    if (icon) icon.src = on ? tab.selectedIconPath || tab.iconPath : tab.iconPath
    const { badge, dot } = marks[index]
    const mark = each.querySelector('.mp-badge')
    mark.textContent = badge
    mark.hidden = !badge && !dot
  }
}

drawTabs()

module.exports = { shell, nav, pages, tabs, capsule, marks, tabBar, isTab, dress }
