// What kind of value an interface wants where programs hand over something else: `undefined` for a title shows nothing in WeChat.
const { refusals } = require('./call')

/** Interface → option → its kind; `!`: it must be given. */
const SHAPES = {
  showToast: { title: 'String!' },
  showLoading: { title: 'String!' },
  showModal: { title: 'String', content: 'String', confirmText: 'String', cancelText: 'String' },
  showActionSheet: { itemList: 'Array!' },
  setNavigationBarTitle: { title: 'String!' },
  navigateTo: { url: 'String!' },
  redirectTo: { url: 'String!' },
  switchTab: { url: 'String!' },
  reLaunch: { url: 'String!' },
  navigateBack: { delta: 'Number' },
  setTabBarBadge: { index: 'Number!', text: 'String!' },
  pageScrollTo: { scrollTop: 'Number' },
  setStorage: { key: 'String!' },
  getStorage: { key: 'String!' },
  removeStorage: { key: 'String!' },
  setClipboardData: { data: 'String!' },
  makePhoneCall: { phoneNumber: 'String!' },
  setKeepScreenOn: { keepScreenOn: 'Boolean!' },
  setScreenBrightness: { value: 'Number!' },
  openDocument: { filePath: 'String!' },
}

const kindOf = (value) => (value === undefined ? 'Undefined' : Object.prototype.toString.call(value).slice(8, -1))

/** Refuse a value of another kind, in WeChat's words. */
function check(name, options) {
  for (const [option, wanted] of Object.entries(SHAPES[name] || {})) {
    const [kind, given] = [wanted.replace('!', ''), kindOf(options[option])]
    if (given === kind || (given === 'Undefined' && kind === wanted)) continue
    refusals.misuse(`fail parameter error: parameter.${option} should be ${kind} instead of ${given};`)
  }
}

module.exports = { check }
