// Words that the pages of recognition share.

const NUMERALS = '零一二三四五六七八九十'

module.exports = {
  /** @param {number} star 1 is 一 */
  numeral: (star) => NUMERALS[star] || String(star),
  /** @type {Record<string, string>} kinds of benefits */
  KINDS: {
    insurance: '免费保险', bus: '公交出行', scenic: '景区门票', health: '健康体检', shop: '购物优惠', culture: '文化体育', other: '其他',
  },
  /** @type {Record<string, string>} by what period uses are counted */
  PER: { day: '每天', month: '每月', year: '每年', whole: '一共' },
  /** @type {Record<string, string>} */
  LEFT: { day: '今天还剩', month: '这个月还剩', year: '今年还剩', whole: '还剩' },
  /** @type {Record<string, string>} the colour of a state, of stars, honours, certificates and redemptions */
  LOOKS: {
    review: 'wait', announced: 'wait', requested: 'wait', waiting: 'wait', awarded: 'ok', valid: 'ok', handed: 'ok',
    refused: 'bad', withdrawn: 'bad', revoked: 'bad', lapsed: '',
  },
}
