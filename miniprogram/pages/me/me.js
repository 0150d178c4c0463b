// 我的: who I am and my teams; the ways to my code, my records and the settings.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const { duration } = require('../../lib/text')
const view = require('../../lib/view')

const IDENTITIES = /** @type {Record<string, string>} */ ({
  veteran: '退役军人', family: '军属', staff: '工作人员', social: '社会人士',
})
/** Where one goes on from here: words, page; `minor`: only for those who need their guardian's consent. */
const WAYS = [
  { words: '我的码', page: '/pages/code/code' },
  { words: '找联络员', page: '/pages/questions/questions' },
  { words: '补录：去了，没扫上码', page: '/pages/makeups/makeups' },
  { words: '找一支服务队加入', page: '/pages/join/join' },
  { words: '推荐朋友入队', page: '/joining/recommend/recommend' },
  { words: '我的入队申请', page: '/pages/applications/applications' },
  { words: '监护人同意', page: '/joining/guardian/guardian', minor: true },
  { words: '我的誓言和协议', page: '/pages/promises/promises' },
  { words: '年度考核', page: '/year/assessment/assessment' },
  { words: '培训：报名、学时、证书', page: '/year/trainings/trainings' },
  { words: '办事：点单、特长、转队', page: '/year/affairs/affairs' },
  { words: '登记错了，更正', page: '/joining/correct/correct' },
  { words: '我的数据：下载、注销', page: '/joining/data/data' },
  { words: '设置：字号、通知、我的资料', page: '/pages/settings/settings' },
  { words: '投诉建议', page: '/pages/complaint/complaint' },
]

Page(view({
  cache: 'me',
  data: { me: null, hours: null, ways: WAYS.filter((each) => !each.minor) },

  async load() {
    const [me, hours] = await Promise.all([api.get('/me'), api.get('/me/hours')])
    return {
      ways: WAYS.filter((each) => me.minor || !each.minor),
      me: { ...me, identity: IDENTITIES[me.identity] || me.identity },
      hours: { total: duration(hours.total), year: duration(hours.year), points: hours.points, stars: hours.stars },
    }
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },
}))
