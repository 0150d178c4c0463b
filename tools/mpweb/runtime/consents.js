// WeChat's own questions to the person: privacy guideline, permissions, subscription, settings.
const { mp } = require('./report')
const { cover, modal } = require('./dialogs')
const { el, button } = require('./dom')

const SCOPE_WORDS = {
  'scope.userLocation': '获取您的位置信息',
  'scope.userFuzzyLocation': '获取您的大致位置',
  'scope.camera': '使用您的摄像头',
  'scope.writePhotosAlbum': '保存图片到您的相册',
  'scope.record': '使用您的麦克风',
}
/** The guideline's data (platform.json), in WeChat's words. */
const DATA_WORDS = {
  location: '位置信息', chosenLocation: '选择的位置信息', address: '地址', phone: '手机号', avatar: '微信昵称、头像',
  photos: '选中的照片或视频', files: '选中的文件', camera: '摄像头', albumWrite: '相册（仅写入）', clipboard: '剪切板',
  calendar: '日历（仅写入）', contact: '通讯录（仅写入）', steps: '微信运动步数',
}
const name = () => mp.program.platform.name || mp.program.app.window?.navigationBarTitleText || '小程序'

/** The official privacy dialog; true when agreed. */
function privacy() {
  return cover(
    'mp-consent mp-privacy',
    (box, end) => {
      box.append(el('h3', '', '用户隐私保护提示'))
      const text = el('p', '', `感谢您使用${name()}，您使用前应当阅读并同意`)
      text.append(button('mp-link', `《${name()}小程序隐私保护指引》`, () => contract()))
      const foot = el('footer')
      foot.append(
        button('mp-no', '拒绝', () => end(false)),
        button('mp-yes', '同意', () => end(true)),
      )
      box.append(text, foot)
    },
    { label: '用户隐私保护提示' },
  )
}

/** The guideline itself. */
function contract() {
  const list = (mp.program.platform.privacy || []).map((each) => DATA_WORDS[each] || each).join('、')
  return modal({
    title: `${name()}小程序隐私保护指引`,
    content: `处理的信息：${list}`,
    buttons: [{ text: '返回', confirm: true }],
  })
}

/** One permission; true when allowed. */
function scope(which, reason) {
  return cover(
    'mp-consent mp-scope',
    (box, end) => {
      box.append(el('h3', '', `${name()} 申请`), el('p', '', SCOPE_WORDS[which] || which))
      if (reason) box.append(el('p', 'mp-reason', reason))
      const foot = el('footer')
      foot.append(
        button('mp-no', '拒绝', () => end(false)),
        button('mp-yes', '允许', () => end(true)),
      )
      box.append(foot)
    },
    { label: SCOPE_WORDS[which] || which },
  )
}

/** Subscription: each template can be unticked; {template id: accept | reject}. */
function subscribe(ids) {
  const titles = mp.program.platform.templates || {}
  return cover(
    'mp-consent mp-subscribe',
    (box, end) => {
      box.append(el('h3', '', `${name()} 申请发送以下消息`))
      const ticks = ids.map((id) => {
        const line = el('label', 'mp-template')
        const tick = Object.assign(el('input'), { type: 'checkbox', checked: true })
        line.append(el('span', '', titles[id] || id), tick)
        box.append(line)
        return tick
      })
      const answer = (all) =>
        Object.fromEntries(ids.map((id, index) => [id, all && ticks[index].checked ? 'accept' : 'reject']))
      const foot = el('footer')
      foot.append(
        button('mp-no', '拒绝', () => end(answer(false))),
        button('mp-yes', '允许', () => end(answer(true))),
      )
      box.append(foot)
    },
    { label: '订阅消息' },
  )
}

/** The permissions given so far, to be switched. */
function settings() {
  const key = 'mp-scopes'
  const given = JSON.parse(localStorage.getItem(key) || '{}')
  return cover(
    'mp-consent mp-settings',
    (box, end) => {
      box.append(el('h3', '', '设置'))
      if (!Object.keys(given).length) box.append(el('p', '', '还没有授权过'))
      for (const which of Object.keys(given)) {
        const line = el('label', 'mp-template')
        const tick = Object.assign(el('input'), { type: 'checkbox', checked: given[which] })
        tick.addEventListener('change', () => {
          given[which] = tick.checked
          localStorage.setItem(key, JSON.stringify(given))
        })
        line.append(el('span', '', SCOPE_WORDS[which] || which), tick)
        box.append(line)
      }
      box.append(button('mp-yes', '返回', () => end(true)))
    },
    { label: '设置' },
  )
}

module.exports = { privacy, contract, scope, subscribe, settings }
