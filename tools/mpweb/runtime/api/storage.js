// wx.setStorage and its like, kept in the browser; WeChat's limits are 1 MB a key and 10 MB in all.
const { call, refusals } = require('./call')
const { error } = require('../report')

const PREFIX = 'mp:'
const KEY_BYTES = 1024 * 1024
const ALL_KB = 10 * 1024
const FULL = 'exceed storage max size 10Mb'

function keys() {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
}

function get(key) {
  const text = localStorage.getItem(PREFIX + key)
  return text === null ? '' : JSON.parse(text)
}

function set(key, data) {
  if (typeof key !== 'string' || !key) throw new Error('key should be a string that is not empty')
  const text = JSON.stringify(data === undefined ? '' : data)
  if (text === undefined) throw new Error(`data of "${key}" cannot be stored`)
  if (text.length > KEY_BYTES) throw new Error('exceed max item size')
  const others = info().bytes - (localStorage.getItem(PREFIX + key) || '').length
  if (others + text.length > ALL_KB * 1024) throw new Error(FULL)
  try {
    localStorage.setItem(PREFIX + key, text)
  } catch {
    throw new Error(FULL) // the browser's own store, which may be smaller
  }
}

const remove = (key) => localStorage.removeItem(PREFIX + key)
const clear = () => keys().forEach(remove)

function info() {
  const bytes = keys().reduce((sum, key) => sum + key.length + (localStorage.getItem(PREFIX + key) || '').length, 0)
  return { bytes, keys: keys() }
}

function said() {
  const { bytes, keys: all } = info()
  return { keys: all, currentSize: Math.ceil(bytes / 1024), limitSize: ALL_KB }
}

function setSync(key, data) {
  try {
    set(key, data)
  } catch (cause) {
    error(`setStorageSync:fail ${cause.message}`)
    throw cause
  }
}

module.exports = {
  setStorageSync: setSync,
  getStorageSync: get,
  removeStorageSync: remove,
  clearStorageSync: clear,
  getStorageInfoSync: said,
  setStorage: call('setStorage', ({ key, data }, { misuse }) => {
    try {
      set(key, data)
    } catch (cause) {
      misuse(`fail ${cause.message}`)
    }
  }),
  getStorage: call('getStorage', ({ key }) => {
    if (localStorage.getItem(PREFIX + key) === null) refusals.fail('fail data not found')
    return { data: get(key) }
  }),
  removeStorage: call('removeStorage', ({ key }) => remove(key)),
  clearStorage: call('clearStorage', () => clear()),
  getStorageInfo: call('getStorageInfo', () => said()),
}
