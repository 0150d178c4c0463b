// Things to see: image, canvas, video, camera, map, a web page.
const { builtIn, control, fire, host, ownerPath } = require('./define')
const { mp, error } = require('../report')
const { addressOf } = require('../api/blobs')

/** The address of a picture as a template names it: of the package, of the net, or a temporary file. */
function address(src, self) {
  if (/^wxfile:/.test(src)) return addressOf(src)
  if (/^(https?:|data:|blob:)/.test(src))
    return src.replace(/^https:\/\/[^/]+/, (origin) => (isOurs(origin) ? mp.origin : origin))
  if (src.startsWith('/')) return src.slice(1)
  const parts = ownerPath(self).split('/').slice(0, -1)
  for (const part of src.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** Pictures of the program's own server come through the same mapping as its requests. */
function isOurs(origin) {
  const { domains } = mp.program.platform
  return !domains || domains.includes(origin)
}

const FIT = { scaleToFill: 'fill', aspectFit: 'contain', aspectFill: 'cover', widthFix: 'fill', heightFix: 'fill' }

for (const tag of ['image', 'cover-image']) {
  builtIn(tag, {
    props: {
      src: String,
      mode: { type: String, value: 'scaleToFill' },
      lazyLoad: Boolean,
      showMenuByLongpress: Boolean,
      webp: Boolean,
      fadeIn: Boolean,
    },
    created() {
      const image = control(this, 'img')
      image.alt = ''
      image.addEventListener('load', () => {
        fix(this, image)
        fire(this, 'load', { width: image.naturalWidth, height: image.naturalHeight })
      })
      image.addEventListener('error', () => {
        if (!/^(https?|wxfile|data):/.test(this.data.src))
          error(`image ${this.data.src} is not found (${ownerPath(this)})`)
        fire(this, 'error', { errMsg: `GET ${this.data.src} failed` })
      })
    },
    observers: {
      src(value) {
        if (value) this.control.src = address(value, this)
        else this.control.removeAttribute('src')
      },
      mode(value) {
        this.control.style.objectFit = FIT[value] || 'none'
        fix(this, this.control)
      },
      ariaLabel(value) {
        this.control.alt = value || ''
        if (value) host(this).setAttribute('aria-label', value)
        if (value) host(this).setAttribute('role', 'img')
      },
    },
  })
}

/** widthFix and heightFix: the element takes the picture's shape. */
function fix(self, image) {
  if (!image.naturalWidth) return
  const shape = `${image.naturalWidth} / ${image.naturalHeight}`
  if (self.data.mode === 'widthFix') Object.assign(host(self).style, { height: 'auto', aspectRatio: shape })
  if (self.data.mode === 'heightFix') Object.assign(host(self).style, { width: 'auto', aspectRatio: shape })
}

builtIn('canvas', {
  props: { type: String, canvasId: String, disableScroll: Boolean },
  created() {
    const canvas = control(this, 'canvas')
    Object.assign(canvas, {
      createImage: () => pictureFor(this),
      createImageData: (width, height) => new ImageData(width, height),
      createPath2D: (path) => new Path2D(path),
      requestAnimationFrame: (act) => window.requestAnimationFrame(act),
      cancelAnimationFrame: (id) => window.cancelAnimationFrame(id),
    })
    host(this).__canvas = canvas
  },
  attached() {
    if (this.data.type !== '2d') error(`<canvas> in ${ownerPath(this)}: only type="2d" is provided`)
  },
})

/** An image to draw, whose src is named as everywhere in the program. */
function pictureFor(self) {
  const image = new Image()
  const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')
  Object.defineProperty(image, 'src', {
    get: () => source.get.call(image),
    set: (value) => source.set.call(image, address(value, self)),
  })
  return image
}

builtIn('video', {
  props: {
    src: String,
    controls: { type: Boolean, value: true },
    poster: String,
    autoplay: Boolean,
    loop: Boolean,
    muted: Boolean,
    objectFit: String,
    title: String,
  },
  created() {
    control(this, 'video').controls = true
    for (const name of ['play', 'pause', 'ended', 'error']) this.control.addEventListener(name, () => fire(this, name))
  },
  observers: {
    src(value) {
      if (value) this.control.src = address(value, this)
    },
    poster(value) {
      if (value) this.control.poster = address(value, this)
    },
    controls(value) {
      this.control.controls = value
    },
  },
})

/** Cameras that are open; the phone around the page lets them see a code by `__mp.see(text)`. */
const cameras = new Set()
mp.see = (result) =>
  cameras.forEach(
    (each) => each.data.mode === 'scanCode' && fire(each, 'scancode', { result, type: 'qrcode', charSet: 'UTF-8' }),
  )

builtIn('camera', {
  props: {
    mode: { type: String, value: 'normal' },
    devicePosition: String,
    flash: String,
    resolution: String,
    frameSize: String,
  },
  created() {
    host(this).setAttribute('role', 'img')
    host(this).setAttribute('aria-label', '取景框')
  },
  attached() {
    const { ensure, allowed } = require('../api/privacy')
    const refuse = (cause) => fire(this, 'error', { errMsg: `insertCamera:${cause.text || cause}` })
    ensure('camera')
      .then(() => allowed('scope.camera'))
      .then(
        (yes) => {
          if (!yes) refuse('fail auth deny')
          else if (host(this).isConnected) {
            cameras.add(this)
            fire(this, 'initdone', { maxZoom: 1 })
            mp.host.tell('camera', true)
          }
        },
        (cause) => {
          if (cause.misuse) error(`camera:${cause.text}`)
          refuse(cause)
        },
      )
  },
  detached() {
    if (cameras.delete(this)) mp.host.tell('camera', cameras.size > 0)
  },
})

builtIn('map', { props: { longitude: null, latitude: null, scale: Number, markers: null, showLocation: Boolean } })

builtIn('web-view', {
  props: { src: String },
  created() {
    control(this, 'iframe').addEventListener('load', () => fire(this, 'load', { src: this.data.src }))
  },
  observers: {
    src(value) {
      if (value) this.control.src = address(value, this)
    },
  },
})
