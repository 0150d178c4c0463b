// Toast, loading, modal, action sheet, with WeChat's limits on their texts.
const { warn } = require('../report')
const { call } = require('./call')
const { asGesture } = require('../backend')
const dialogs = require('../dialogs')
const { addressOf } = require('./blobs')

const TOAST_LETTERS = 7
const BUTTON_LETTERS = 4
const SHEET_ITEMS = 6

/** Beside an icon there is room for few characters. */
function fits(name, title) {
  if ([...title].length > TOAST_LETTERS)
    warn(`${name}: beside an icon WeChat shows ${TOAST_LETTERS} characters of 「${title}」`)
}

function toast({ title, icon = 'success', image, duration = 1500, mask = false }) {
  if (image || icon !== 'none') fits('showToast', title)
  dialogs.toast({ title, icon, image: image && addressOf(image), duration, mask })
}

async function modal(options, { misuse }) {
  const { title = '', content = '', showCancel = true, cancelText = '取消', confirmText = '确定' } = options
  for (const [name, text] of [
    ['cancelText', cancelText],
    ['confirmText', confirmText],
  ]) {
    if ([...text].length > BUTTON_LETTERS)
      misuse(`fail parameter error: ${name} length should not larger than ${BUTTON_LETTERS} Chinese characters`)
  }
  const buttons = [{ text: confirmText, confirm: true, colour: options.confirmColor }]
  if (showCancel) buttons.unshift({ text: cancelText, confirm: false, colour: options.cancelColor })
  const { editable, placeholderText: placeholder = '' } = options
  const { confirm, content: typed } = await dialogs.modal({ title, content, editable, placeholder, buttons })
  return asGesture(() => ({ confirm, cancel: !confirm, ...(editable ? { content: confirm ? typed : '' } : {}) }))
}

async function actionSheet({ itemList = [], itemColor, alertText }, { fail, misuse }) {
  if (!itemList.length) misuse('fail parameter error: parameter.itemList should have at least 1 item')
  if (itemList.length > SHEET_ITEMS) misuse(`fail parameter error: itemList should not be larger than ${SHEET_ITEMS}`)
  const tapIndex = await dialogs.sheet(itemList, { title: alertText, colour: itemColor })
  if (tapIndex < 0) fail('fail cancel')
  return asGesture(() => ({ tapIndex }))
}

module.exports = {
  showToast: call('showToast', toast),
  hideToast: call('hideToast', dialogs.hideToast),
  showLoading: call('showLoading', ({ title, mask }) => {
    fits('showLoading', title)
    dialogs.toast({ title, icon: 'loading', mask })
  }),
  hideLoading: call('hideLoading', dialogs.hideToast),
  showModal: call('showModal', modal),
  showActionSheet: call('showActionSheet', actionSheet),
}
