// A program that tests the runtime: what WeChat does with templates, components, pages and the platform's rules.
App({
  seen: [],
  onLaunch(options) {
    this.seen.push(['launch', options.path, options.query, options.scene])
  },
  onShow(options) {
    this.seen.push(['show', options.path, options.query, options.scene])
  },
  onError(text) {
    this.seen.push(['error', text.split('\n')[0]])
  },
  onHide() {
    this.seen.push(['hide'])
  },
})
