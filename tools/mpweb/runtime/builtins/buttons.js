// What is pressed: button with WeChat's open types, navigator.
const { builtIn, fire, host, onTap, pressable, around, pagePath } = require('./define')
const { mp, error } = require('../report')
const { ensure, agreedByButton } = require('../api/privacy')

const OPEN = {
  async getPhoneNumber(self) {
    if (!(await permitted(self, 'getPhoneNumber', 'getphonenumber'))) return
    const { modal } = require('../dialogs')
    const buttons = [
      { text: '不允许', confirm: false },
      { text: '允许', confirm: true },
    ]
    const { confirm } = await modal({ title: '申请获取并验证你的手机号', content: '', buttons })
    const code = confirm && (await mp.host.phoneCode())
    fire(
      self,
      'getphonenumber',
      code ? { code, errMsg: 'getPhoneNumber:ok' } : { errMsg: 'getPhoneNumber:fail user deny' },
    )
  },
  async chooseAvatar(self) {
    if (!(await permitted(self, 'chooseAvatar', 'chooseavatar'))) return
    window.wx.chooseImage({
      count: 1,
      success: ({ tempFilePaths }) => fire(self, 'chooseavatar', { avatarUrl: tempFilePaths[0] }),
      fail: () => {},
    })
  },
  agreePrivacyAuthorization(self) {
    agreedByButton()
    fire(self, 'agreeprivacyauthorization')
  },
  share: () => require('../menu').share({ from: 'button' }),
  openSetting: async (self) => {
    await require('../consents').settings()
    fire(self, 'opensetting', { authSetting: require('../api/privacy').scopes(), errMsg: 'openSetting:ok' })
  },
  contact: (self) => {
    mp.host.tell('contact')
    fire(self, 'contact', { path: '', query: {}, errMsg: 'enterContact:ok' })
  },
  feedback: () => mp.host.tell('feedback'),
  launchApp: () => error('button open-type="launchApp" is not provided'),
}

async function permitted(self, name, event) {
  try {
    await ensure(name)
    return true
  } catch (cause) {
    if (cause.misuse) error(`${name}:${cause.text}`)
    fire(self, event, { errMsg: `${name}:${cause.text}`, ...cause.facts })
    return false
  }
}

builtIn('button', {
  props: {
    type: { type: String, value: 'default' },
    size: { type: String, value: 'default' },
    plain: Boolean,
    disabled: Boolean,
    loading: Boolean,
    formType: String,
    openType: String,
    lang: String,
    sessionFrom: String,
    scope: String,
    appParameter: String,
    phoneNumberNoQuotaToast: Boolean,
    sendMessageTitle: String,
    sendMessagePath: String,
    sendMessageImg: String,
    showMessageCard: Boolean,
  },
  reflects: ['type', 'size', 'plain', 'disabled', 'loading', 'openType', 'formType'],
  created() {
    pressable(this, 'button')
    onTap(this, () => this.press())
  },
  observers: {
    disabled(value) {
      const element = host(this)
      element.toggleAttribute('disabled', value)
      if (value) element.setAttribute('aria-disabled', 'true')
      else element.removeAttribute('aria-disabled')
    },
  },
  methods: {
    async press() {
      const { disabled, formType, openType } = this.data
      if (disabled) return
      if (formType) around(this, 'form')?.[formType]?.()
      for (const each of (openType || '').split('|').filter(Boolean).sort(agreeFirst)) {
        if (OPEN[each]) await OPEN[each](this)
        else error(`button open-type="${each}" is not provided`)
      }
    },
    labelTap() {
      host(this).click()
    },
  },
})

/** In `getPhoneNumber|agreePrivacyAuthorization` the agreement comes first. */
function agreeFirst(one, other) {
  const rank = (name) => (name === 'agreePrivacyAuthorization' ? 0 : 1)
  return rank(one) - rank(other)
}

const WAYS = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
  navigateBack: 'navigateBack',
}

builtIn('navigator', {
  props: {
    url: String,
    openType: { type: String, value: 'navigate' },
    delta: { type: Number, value: 1 },
    target: String,
    appId: String,
    path: String,
  },
  created() {
    pressable(this, 'link')
    onTap(this, () => {
      const { url, openType, delta } = this.data
      if (openType === 'exit') {
        mp.host.tell('close')
        return
      }
      const parts = pagePath(this).split('/').slice(0, -1).join('/')
      const full = !url || url.startsWith('/') ? url : `/${parts}/${url}`
      window.wx[WAYS[openType]]?.({
        url: full,
        delta,
        success: () => fire(this, 'success'),
        fail: (cause) => fire(this, 'fail', cause),
        complete: () => fire(this, 'complete'),
      })
    })
  },
})
