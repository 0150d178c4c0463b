// WeChat's own services: settings, subscription, location, sharing, life of the program.
const { mp, host, error } = require('../report')
const { call } = require('./call')
const { gesture } = require('../backend')
const { on, off } = require('../signals')
const { ensure, allowed, scopes } = require('./privacy')
const consents = require('../consents')
const pages = require('../pages')

const TEMPLATES = 5

async function subscribe({ tmplIds }, { fail, misuse }) {
  if (!Array.isArray(tmplIds) || !tmplIds.length) misuse("fail TmplIds can't be empty", { errCode: 10001 })
  if (tmplIds.length > TEMPLATES) misuse(`fail The maximum number of tmplIds is ${TEMPLATES}`, { errCode: 20003 })
  if (!gesture.now) misuse('fail can only be invoked by user TAP gesture.', { errCode: 20005 })
  const answer = (await host.subscribe(tmplIds)) || (await consents.subscribe(tmplIds))
  if (answer.errCode) fail(`fail ${answer.errMsg || 'refused'}`, { errCode: answer.errCode })
  host.tell('subscribed', answer)
  return answer
}

async function getLocation({ type = 'wgs84' }, { fail }) {
  if (!(await allowed('scope.userLocation'))) fail('fail auth deny')
  const place = await host.location()
  if (!place) fail('fail system permission denied')
  return { speed: -1, accuracy: 30, altitude: 0, verticalAccuracy: 0, horizontalAccuracy: 30, type, ...place }
}

async function chooseLocation(options, { fail }) {
  const place = await host.location({ choose: true })
  if (!place) fail('fail cancel')
  return { name: '', address: '', ...place }
}

async function openSetting(options, { misuse }) {
  if (!gesture.now && !options.fromMenu) misuse('fail can only be invoked by user TAP gesture.')
  await consents.settings()
  return { authSetting: scopes() }
}

const launch = () => require('../launch')

const listening = {}
for (const [name, what] of [
  ['AppShow', 'appShow'],
  ['AppHide', 'appHide'],
  ['Error', 'error'],
  ['PageNotFound', 'pageNotFound'],
  ['UnhandledRejection', 'unhandledRejection'],
]) {
  listening[`on${name}`] = (act) => on(what, act)
  listening[`off${name}`] = (act) => off(what, act)
}

const quiet = (name) => call(name, () => ({}))

module.exports = {
  ...listening,
  requestSubscribeMessage: call('requestSubscribeMessage', subscribe),
  getLocation: call('getLocation', getLocation, { before: ensure }),
  getFuzzyLocation: call('getFuzzyLocation', getLocation, { before: ensure }),
  chooseLocation: call('chooseLocation', chooseLocation, { before: ensure }),
  openLocation: call('openLocation', (place) => host.tell('map', place)),
  getSetting: call('getSetting', () => ({
    authSetting: scopes(),
    subscriptionsSetting: { mainSwitch: true, itemSettings: {} },
  })),
  openSetting: call('openSetting', openSetting),
  authorize: call('authorize', async ({ scope }, { fail }) => {
    if (!(await allowed(scope))) fail('fail auth deny')
  }),
  showShareMenu: call('showShareMenu', () => void (pages.top().noShare = false)),
  hideShareMenu: call('hideShareMenu', () => void (pages.top().noShare = true)),
  updateShareMenu: quiet('updateShareMenu'),
  navigateToMiniProgram: call('navigateToMiniProgram', ({ appId, path }) => host.tell('miniProgram', { appId, path })),
  exitMiniProgram: call('exitMiniProgram', () => host.tell('close')),
  restartMiniProgram: call('restartMiniProgram', ({ path }) => mp.open({ path: path || '' })),
  getLaunchOptionsSync: () => launch().launchOptions(),
  getEnterOptionsSync: () => launch().enterOptions(),
  getUpdateManager: () => ({ onCheckForUpdate() {}, onUpdateReady() {}, onUpdateFailed() {}, applyUpdate() {} }),
  getLogManager: () => ({ debug() {}, info() {}, log() {}, warn() {} }),
  getRealtimeLogManager: () => ({ info() {}, warn() {}, error() {}, setFilterMsg() {}, addFilterMsg() {} }),
  reportEvent() {},
  setEnableDebug: quiet('setEnableDebug'),
  onLocationChange: () => error('wx.onLocationChange is not provided'),
}
