// The phone itself: screen, clipboard, call, vibration, what it says of itself.
const { mp, host } = require('../report')
const { call } = require('./call')
const { on, off } = require('../signals')
const { shell, pages, nav } = require('../shell')
const dialogs = require('../dialogs')
const { ensure } = require('./privacy')

const CAPSULE = { width: 87, height: 32, right: 10, top: 6 }

function windowInfo() {
  const width = shell.clientWidth
  const height = shell.clientHeight
  return {
    pixelRatio: devicePixelRatio,
    screenWidth: width,
    screenHeight: height,
    windowWidth: width,
    windowHeight: pages.clientHeight,
    statusBarHeight: 0,
    screenTop: nav.clientHeight,
    safeArea: { left: 0, top: 0, right: width, bottom: height, width, height },
  }
}

const deviceInfo = () => ({
  abi: 'arm64-v8a',
  brand: 'browser',
  model: 'browser',
  system: 'Android 14',
  platform: 'android',
  benchmarkLevel: 20,
  memorySize: '4096',
})

const baseInfo = () => ({
  SDKVersion: '3.7.0',
  version: '8.0.50',
  language: 'zh_CN',
  theme: 'light',
  enableDebug: false,
  fontSizeSetting: mp.device.fontSize,
  fontSizeScaleFactor: mp.device.fontSize / 17,
  host: { env: 'WeChat', appId: '' },
})

const systemInfo = () => ({ ...windowInfo(), ...deviceInfo(), ...baseInfo() })

function menuButton() {
  const right = shell.clientWidth - CAPSULE.right
  const { width, height, top } = CAPSULE
  return { width, height, top, bottom: top + height, left: right - width, right }
}

const listening = {}
for (const [name, what] of [
  ['WindowResize', 'windowResize'],
  ['ThemeChange', 'themeChange'],
  ['MemoryWarning', 'memoryWarning'],
  ['KeyboardHeightChange', 'keyboardHeightChange'],
  ['UserCaptureScreen', 'userCaptureScreen'],
]) {
  listening[`on${name}`] = (act) => on(what, act)
  listening[`off${name}`] = (act) => off(what, act)
}

module.exports = {
  ...listening,
  setScreenBrightness: call('setScreenBrightness', ({ value }, { misuse }) => {
    if (!(value === -1 || (value >= 0 && value <= 1))) misuse('fail parameter error: value should be between 0 and 1')
    mp.device.brightness = value
    host.tell('brightness', value)
  }),
  getScreenBrightness: call('getScreenBrightness', () => ({ value: mp.device.brightness })),
  setKeepScreenOn: call('setKeepScreenOn', ({ keepScreenOn }) => {
    mp.device.keepScreenOn = Boolean(keepScreenOn)
    host.tell('keepScreenOn', mp.device.keepScreenOn)
  }),
  setClipboardData: call(
    'setClipboardData',
    ({ data }, { misuse }) => {
      if (typeof data !== 'string') misuse('fail parameter error: parameter.data should be String')
      mp.device.clipboard = data
      host.tell('clipboard', data)
      dialogs.toast({ title: '内容已复制', icon: 'none', duration: 1500 })
    },
    { before: ensure },
  ),
  getClipboardData: call('getClipboardData', () => ({ data: mp.device.clipboard }), { before: ensure }),
  makePhoneCall: call('makePhoneCall', async ({ phoneNumber }, { fail, misuse }) => {
    if (!phoneNumber) misuse('fail parameter error: parameter.phoneNumber should be String')
    if ((await dialogs.sheet([`呼叫 ${phoneNumber}`])) < 0) fail('fail cancel')
    mp.device.called = String(phoneNumber)
    host.tell('phoneCall', String(phoneNumber))
  }),
  addPhoneCalendar: call(
    'addPhoneCalendar',
    (entry) => host.tell('calendar', { title: entry.title, startTime: entry.startTime }),
    { before: ensure },
  ),
  setVisualEffectOnCapture: call('setVisualEffectOnCapture', ({ visualEffect }) => host.tell('capture', visualEffect)),
  getRandomValues: call('getRandomValues', ({ length }) => ({
    randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer,
  })),
  vibrateShort: call('vibrateShort', () => host.tell('vibrate', 'short')),
  vibrateLong: call('vibrateLong', () => host.tell('vibrate', 'long')),
  hideKeyboard: call('hideKeyboard', () => document.activeElement?.blur()),
  getSystemInfo: call('getSystemInfo', systemInfo),
  getSystemInfoAsync: call('getSystemInfoAsync', systemInfo),
  getSystemInfoSync: systemInfo,
  getWindowInfo: windowInfo,
  getDeviceInfo: deviceInfo,
  getAppBaseInfo: baseInfo,
  getSystemSetting: () => ({
    bluetoothEnabled: false,
    locationEnabled: true,
    wifiEnabled: true,
    deviceOrientation: 'portrait',
  }),
  getAppAuthorizeSetting: () => ({
    cameraAuthorized: 'authorized',
    locationAuthorized: 'authorized',
    notificationAuthorized: 'authorized',
  }),
  getMenuButtonBoundingClientRect: menuButton,
}
