// Boxes: view, scroll-view, swiper, and those that only hold others.
const { builtIn, fire, host, sameTemplate } = require('./define')

for (const tag of ['view', 'cover-view', 'movable-area', 'movable-view', 'root-portal']) builtIn(tag)

builtIn('scroll-view', {
  props: {
    scrollX: Boolean,
    scrollY: Boolean,
    scrollTop: null,
    scrollLeft: null,
    scrollIntoView: String,
    scrollWithAnimation: Boolean,
    upperThreshold: { type: null, value: 50 },
    lowerThreshold: { type: null, value: 50 },
    refresherEnabled: Boolean,
    refresherTriggered: Boolean,
    enhanced: Boolean,
    showScrollbar: Boolean,
    enableFlex: Boolean,
    enableBackToTop: Boolean,
    bounces: Boolean,
    type: String,
  },
  reflects: ['scrollX', 'scrollY', 'enableFlex'],
  created() {
    watchScroll(this, host(this))
    watchRefresher(this, host(this))
  },
  observers: {
    scrollTop(value) {
      if (value !== null && value !== '') host(this).scrollTop = Number.parseFloat(value)
    },
    scrollLeft(value) {
      if (value !== null && value !== '') host(this).scrollLeft = Number.parseFloat(value)
    },
    scrollIntoView(id) {
      if (id) setTimeout(() => sameTemplate(this, id)?.$$?.scrollIntoView())
    },
  },
})

function watchScroll(self, element) {
  let low = false
  let high = true
  element.addEventListener('scroll', () => {
    const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = element
    fire(self, 'scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth })
    const upper = Number.parseFloat(self.data.upperThreshold)
    const lower = Number.parseFloat(self.data.lowerThreshold)
    const along = self.data.scrollX && !self.data.scrollY ? scrollLeft : scrollTop
    const room = self.data.scrollX && !self.data.scrollY ? scrollWidth - clientWidth : scrollHeight - clientHeight
    if (along >= room - lower && !low)
      fire(self, 'scrolltolower', { direction: self.data.scrollX && !self.data.scrollY ? 'right' : 'bottom' })
    if (along <= upper && !high)
      fire(self, 'scrolltoupper', { direction: self.data.scrollX && !self.data.scrollY ? 'left' : 'top' })
    low = along >= room - lower
    high = along <= upper
  })
}

function watchRefresher(self, element) {
  let from = null
  element.addEventListener(
    'touchstart',
    (event) => {
      from = self.data.refresherEnabled && element.scrollTop <= 0 ? event.touches[0].clientY : null
    },
    { passive: true },
  )
  element.addEventListener(
    'touchend',
    (event) => {
      if (from !== null && event.changedTouches[0].clientY - from > 60) fire(self, 'refresherrefresh')
      from = null
    },
    { passive: true },
  )
}

builtIn('swiper', {
  props: {
    current: Number,
    autoplay: Boolean,
    interval: { type: Number, value: 5000 },
    circular: Boolean,
    indicatorDots: Boolean,
    vertical: Boolean,
    duration: { type: Number, value: 500 },
    indicatorColor: String,
    indicatorActiveColor: String,
    previousMargin: String,
    nextMargin: String,
    displayMultipleItems: Number,
  },
  reflects: ['vertical'],
  created() {
    this.shown = 0
    host(this).addEventListener('scrollend', () => this.settle('touch'))
  },
  attached() {
    if (this.data.autoplay)
      this.timer = setInterval(() => this.go((this.shown + 1) % this.count(), 'autoplay'), this.data.interval)
  },
  detached() {
    clearInterval(this.timer)
  },
  observers: {
    current(index) {
      requestAnimationFrame(() => this.go(index, ''))
    },
  },
  methods: {
    count() {
      return host(this).querySelectorAll('wx-swiper-item').length
    },
    size() {
      return this.data.vertical ? host(this).clientHeight : host(this).clientWidth
    },
    go(index, source) {
      const to = index * this.size()
      host(this).scrollTo(this.data.vertical ? { top: to } : { left: to })
      this.settle(source, index)
    },
    settle(source, index) {
      const element = host(this)
      const at = index ?? Math.round((this.data.vertical ? element.scrollTop : element.scrollLeft) / (this.size() || 1))
      if (at === this.shown) return
      this.shown = at
      fire(this, 'change', { current: at, currentItemId: '', source })
    },
  },
})
builtIn('swiper-item', { props: { itemId: String } })

builtIn('page-container', {
  props: {
    show: Boolean,
    duration: Number,
    zIndex: Number,
    overlay: { type: Boolean, value: true },
    position: { type: String, value: 'bottom' },
    round: Boolean,
    closeOnSlideDown: Boolean,
    overlayStyle: String,
    customStyle: String,
  },
  reflects: ['position', 'round'],
  created() {
    host(this).addEventListener('click', (event) => {
      if (event.target === host(this)) fire(this, 'clickoverlay')
    })
  },
  observers: {
    show(value) {
      host(this).toggleAttribute('show', value)
      if (this.was === undefined && !value) return
      this.was = value
      fire(this, value ? 'beforeenter' : 'beforeleave')
      setTimeout(() => fire(this, value ? 'afterenter' : 'afterleave'), 0)
    },
  },
})

/** Style of the whole page, as its first node. */
builtIn('page-meta', {
  props: {
    pageStyle: String,
    rootFontSize: String,
    backgroundColor: String,
    backgroundTextStyle: String,
    scrollTop: String,
    pageFontSize: String,
    rootBackgroundColor: String,
  },
  attached() {
    this.dressPage()
  },
  observers: {
    'pageStyle,rootFontSize,backgroundColor'() {
      this.dressPage()
    },
  },
  methods: {
    dressPage() {
      const page = host(this).closest('wx-page')
      if (!page) return
      const { pageStyle, backgroundColor } = this.data
      page.style.cssText = require('../backend').units(pageStyle || '')
      if (backgroundColor) page.style.backgroundColor = backgroundColor
    },
  },
})

builtIn('navigation-bar', {
  props: { title: String, frontColor: String, backgroundColor: String, loading: Boolean },
  observers: {
    title(text) {
      if (text) setTimeout(() => window.wx.setNavigationBarTitle({ title: text }))
    },
  },
})
