// Logging in: the code comes from the phone around the page.
const { mp, host } = require('../report')
const { call } = require('./call')

const login = call('login', async (options, { fail }) => {
  if (mp.offline || !navigator.onLine) fail('fail net::ERR_INTERNET_DISCONNECTED', { errno: 600003 })
  const code = await host.login()
  if (!code) fail('fail system error')
  return { code }
})

module.exports = {
  login,
  checkSession: call('checkSession', (options, { fail }) =>
    mp.sessionExpired ? fail('fail session time out, need relogin') : {},
  ),
  getAccountInfoSync: () => ({
    miniProgram: {
      appId: mp.init.appId || 'touristappid',
      envVersion: mp.init.envVersion || 'develop',
      version: mp.init.version || '',
    },
  }),
}
