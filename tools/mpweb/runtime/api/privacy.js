// Privacy: an interface works when its data is named in the guideline and the person has agreed to it.
// The guideline stands on the platform, not in the package; platform.json says here what it names.
const { mp, error } = require('../report')
const { call, refusals } = require('./call')
const { on, off, listeners } = require('../signals')
const consents = require('../consents')
const { INFOS, TAKES } = require('./takes')

const AGREED = 'mp-privacy:agreed'
const SCOPES = 'mp-scopes'
const QUIET_AFTER_REFUSAL = 10_000

let refusedAt = -QUIET_AFTER_REFUSAL
let asking = null
/** The last need that a page's own dialog was called for; its button answers it. */
let open = null

const hasAgreed = () => localStorage.getItem(AGREED) === 'yes'
const agree = () => localStorage.setItem(AGREED, 'yes')

/** Refuse unless declared and agreed; asks the person when he was not asked yet. */
async function ensure(name) {
  if (INFOS.includes(name) && !(mp.program.app.requiredPrivateInfos || []).includes(name)) {
    refusals.misuse('fail the api need to be declared in the requiredPrivateInfos field in app.json/ext.json')
  }
  const data = TAKES[name]
  if (data && !(mp.program.platform.privacy || []).includes(data)) {
    refusals.misuse('fail api scope is not declared in the privacy agreement', { errno: 112 })
  }
  if (data) await agreement(name)
}

async function agreement(referrer) {
  if (hasAgreed()) return
  if (Date.now() - refusedAt < QUIET_AFTER_REFUSAL)
    refusals.fail('fail privacy permission is not authorized', { errno: 104 })
  asking ||= (listeners('needPrivacyAuthorization').length ? askPage(referrer) : consents.privacy()).finally(
    () => (asking = null),
  )
  if (await asking) {
    agree()
    return
  }
  refusedAt = Date.now()
  refusals.fail('fail privacy permission is not authorized', { errno: 104 })
}

/** The page shows its own dialog, and agrees by a button of WeChat's. */
function askPage(referrer) {
  return new Promise((done) => {
    open = { agreed: false }
    const mine = open
    const resolve = ({ event, buttonId } = {}) => {
      if (event === 'exposureAuthorization') return
      if (event === 'agree' && !mine.agreed)
        error(`onNeedPrivacyAuthorization: agreed without a tap on the button ${buttonId || ''}`)
      done(event === 'agree' && mine.agreed)
    }
    for (const act of listeners('needPrivacyAuthorization')) act(resolve, { referrer })
  })
}

/** `<button open-type="agreePrivacyAuthorization">` was tapped. */
function agreedByButton() {
  if (open) open.agreed = true
  agree()
}

const read = () => JSON.parse(localStorage.getItem(SCOPES) || '{}')

/** A permission of its own (location, album …): asked once, then kept until the settings change it. */
async function allowed(scope) {
  const known = read()
  if (scope in known) return known[scope]
  const reason = mp.program.app.permission?.[scope]?.desc
  const answer = await consents.scope(scope, reason)
  localStorage.setItem(SCOPES, JSON.stringify({ ...read(), [scope]: answer }))
  return answer
}

const needs = () => !hasAgreed() && (mp.program.platform.privacy || []).length > 0

module.exports = {
  getPrivacySetting: call('getPrivacySetting', () => ({
    needAuthorization: needs(),
    privacyContractName: `《${mp.program.platform.name || '本小程序'}小程序隐私保护指引》`,
  })),
  openPrivacyContract: call('openPrivacyContract', () => void consents.contract()),
  requirePrivacyAuthorize: call('requirePrivacyAuthorize', () =>
    needs() ? agreement('requirePrivacyAuthorize') : undefined,
  ),
  onNeedPrivacyAuthorization: (act) => on('needPrivacyAuthorization', act),
  offNeedPrivacyAuthorization: (act) => off('needPrivacyAuthorization', act),
}
for (const [name, value] of Object.entries({ ensure, allowed, agreedByButton, scopes: read })) {
  Object.defineProperty(module.exports, name, { value })
}
