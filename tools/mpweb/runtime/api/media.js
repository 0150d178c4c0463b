// Scanning, choosing and showing pictures and documents.
const { mp, host } = require('../report')
const { shell } = require('../shell')
const { el, button } = require('../dom')
const { call } = require('./call')
const dialogs = require('../dialogs')
const { keep, newPath, addressOf, blobOf } = require('./blobs')
const { ensure, allowed } = require('./privacy')

/** The phone around the page looks through its camera; null means that the person closed it. */
async function scanCode(options, { fail }) {
  const answer = await host.scan({
    onlyFromCamera: Boolean(options.onlyFromCamera),
    scanType: options.scanType || ['qrCode'],
  })
  if (answer === null || answer === undefined || answer === '') fail('fail cancel')
  const found = typeof answer === 'string' ? { result: answer } : answer
  return { scanType: 'QR_CODE', charSet: 'utf-8', rawData: '', path: '', ...found }
}

/** The browser's own file dialog; refuses when it is closed. */
function pick(accept, multiple, fail) {
  return new Promise((done, lost) => {
    const input = Object.assign(el('input', 'mp-file'), { type: 'file', accept, multiple, hidden: true })
    input.addEventListener('change', () => {
      done([...input.files])
      input.remove()
    })
    input.addEventListener('cancel', () => {
      input.remove()
      try {
        fail('fail cancel')
      } catch (refused) {
        lost(refused)
      }
    })
    shell.append(input)
    input.click()
  })
}

function held(file) {
  return {
    tempFilePath: keep(newPath(file.type), file),
    size: file.size,
    fileType: file.type.split('/')[0],
    name: file.name,
  }
}

async function chooseMedia({ count = 9, mediaType = ['image', 'video'] }, { fail }) {
  const accept = mediaType.map((each) => (each === 'video' ? 'video/*' : 'image/*')).join(',')
  const files = (await pick(accept, count > 1, fail)).slice(0, count)
  return { type: mediaType.length > 1 ? 'mix' : mediaType[0], tempFiles: files.map(held) }
}

async function chooseImage({ count = 9 }, { fail }) {
  const files = (await pick('image/*', count > 1, fail)).slice(0, count).map(held)
  return {
    tempFilePaths: files.map((each) => each.tempFilePath),
    tempFiles: files.map(({ tempFilePath, size }) => ({ path: tempFilePath, size })),
  }
}

async function chooseMessageFile({ count = 9 }, { fail }) {
  const files = (await pick('', count > 1, fail)).slice(0, count).map(held)
  return {
    tempFiles: files.map((each) => ({
      path: each.tempFilePath,
      size: each.size,
      name: each.name,
      type: 'file',
      time: 0,
    })),
  }
}

async function saveImage({ filePath }, { fail }) {
  if (!(await allowed('scope.writePhotosAlbum'))) fail('fail auth deny')
  const blob = await blobOf(filePath)
  if (!blob) fail('fail file not found')
  mp.savedImages = [...(mp.savedImages || []), filePath]
  host.tell('photo', { url: addressOf(filePath) })
}

async function openDocument({ filePath, fileType }, { fail }) {
  const blob = await blobOf(filePath)
  if (!blob) fail('fail file not found')
  mp.document = { filePath, fileType, size: blob.size }
  const url = URL.createObjectURL(blob)
  dialogs.cover(
    'mp-document',
    (box, end) => {
      const link = Object.assign(el('a', '', '在新窗口打开'), { href: url, target: '_blank', rel: 'noopener' })
      box.append(
        el('h3', '', '文件'),
        link,
        button('mp-no', '返回', () => end()),
      )
    },
    { label: '文件' },
  )
}

async function imageInfo({ src }, { fail }) {
  const image = new Image()
  image.src = addressOf(src).replace(/^\//, '')
  await image.decode().catch(() => fail('fail image not found'))
  return { width: image.naturalWidth, height: image.naturalHeight, path: src, orientation: 'up', type: 'png' }
}

async function canvasToTempFilePath({ canvas, fileType = 'png', quality = 1 }, { misuse }) {
  if (!canvas?.toBlob) misuse('fail canvas is empty')
  const type = fileType === 'jpg' ? 'image/jpeg' : 'image/png'
  const blob = await new Promise((done) => canvas.toBlob(done, type, quality))
  return { tempFilePath: keep(newPath(type), blob) }
}

/** A sound makes no noise here: the phone around the page hears which one was played. */
function innerAudio() {
  const heard = { play: [], ended: [], error: [], stop: [] }
  const say = (name) => heard[name].forEach((act) => act({}))
  const audio = {
    src: '',
    volume: 1,
    loop: false,
    paused: true,
    play() {
      host.tell('sound', audio.src)
      say('play')
      setTimeout(() => say('ended'))
    },
    pause() {},
    stop: () => say('stop'),
    seek() {},
    destroy() {},
  }
  for (const name of Object.keys(heard))
    audio[`on${name[0].toUpperCase()}${name.slice(1)}`] = (act) => heard[name].push(act)
  return audio
}

module.exports = {
  createInnerAudioContext: innerAudio,
  compressImage: call('compressImage', ({ src }) => ({ tempFilePath: src })),
  scanCode: call('scanCode', scanCode),
  chooseMedia: call('chooseMedia', chooseMedia, { before: ensure }),
  chooseImage: call('chooseImage', chooseImage, { before: ensure }),
  chooseMessageFile: call('chooseMessageFile', chooseMessageFile, { before: ensure }),
  saveImageToPhotosAlbum: call('saveImageToPhotosAlbum', saveImage, { before: ensure }),
  previewImage: call('previewImage', ({ urls = [], current }) => {
    dialogs.pictures(urls, current || urls[0])
    const shown = document.querySelector('.mp-pictures img')
    if (shown) shown.src = addressOf(current || urls[0])
  }),
  previewMedia: call('previewMedia', ({ sources = [], current = 0 }) => {
    dialogs.pictures(
      sources.map((each) => addressOf(each.url)),
      addressOf(sources[current]?.url),
    )
  }),
  openDocument: call('openDocument', openDocument),
  getImageInfo: call('getImageInfo', imageInfo),
  canvasToTempFilePath: call('canvasToTempFilePath', canvasToTempFilePath),
}
