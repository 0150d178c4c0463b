// What fingers do to a page besides tapping: scroll to its end, pull it down, swipe it away from the left edge.

const PULL = 60
const EDGE = 24
const SWIPE = 90

/** onPageScroll, and onReachBottom once each time the end comes near. */
function watchScroll(page, style, call) {
  const { scroller } = page
  const near = style.onReachBottomDistance ?? 50
  let atEnd = false
  scroller.addEventListener('scroll', () => {
    call(page, 'onPageScroll', { scrollTop: scroller.scrollTop })
    const now = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - near
    if (now && !atEnd) call(page, 'onReachBottom')
    atEnd = now
  })
}

/** Pull-down where the page allows it: from the very top, by more than a thumb. */
function watchPull(page, style, refresh) {
  if (!style.enablePullDownRefresh) return
  const { scroller, pull } = page
  let from = null
  scroller.addEventListener(
    'touchstart',
    (event) => {
      from = scroller.scrollTop <= 0 ? event.touches[0].clientY : null
    },
    { passive: true },
  )
  scroller.addEventListener(
    'touchmove',
    (event) => {
      if (from === null) return
      const by = event.touches[0].clientY - from
      if (by <= 0 || scroller.scrollTop > 0) return
      pull.style.height = `${Math.min(by / 2, PULL)}px`
      pull.textContent ||= '下拉刷新'
    },
    { passive: true },
  )
  scroller.addEventListener(
    'touchend',
    (event) => {
      if (from === null) return
      const by = event.changedTouches[0].clientY - from
      from = null
      pull.style.height = ''
      if (by > PULL && scroller.scrollTop <= 0) refresh()
      else if (!pull.classList.contains('mp-pulled')) pull.textContent = ''
    },
    { passive: true },
  )
}

/** Back by a swipe that begins at the left edge; the page follows the finger. */
function watchEdge(shell, stack, back) {
  let from = null
  const page = () => stack()[stack().length - 1]
  const move = (by) => {
    if (page()) page().box.style.translate = by ? `${by}px` : ''
  }
  shell.addEventListener(
    'touchstart',
    (event) => {
      const x = event.touches[0].clientX - shell.getBoundingClientRect().left
      from = x < EDGE && stack().length > 1 && !page().config.disableSwipeBack ? event.touches[0].clientX : null
    },
    { passive: true },
  )
  shell.addEventListener(
    'touchmove',
    (event) => {
      if (from !== null) move(Math.max(event.touches[0].clientX - from, 0))
    },
    { passive: true },
  )
  const end = (event) => {
    if (from === null) return
    const by = event.changedTouches[0].clientX - from
    from = null
    move(0)
    if (by > SWIPE) back()
  }
  shell.addEventListener('touchend', end, { passive: true })
  shell.addEventListener('touchcancel', end, { passive: true })
}

module.exports = { watchScroll, watchPull, watchEdge }
