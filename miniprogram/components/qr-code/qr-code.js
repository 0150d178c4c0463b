// A code drawn on this phone, without a network, from its text.

const png = require('../../lib/png')
const qr = require('../../lib/qr')

const SCALE = 8 // dots a square: sharp on every phone

Component({
  properties: {
    text: String,
    label: String,
    size: { type: Number, value: 620 }, // rpx
  },
  data: { picture: '' },
  observers: {
    text(/** @type {string} */ text) {
      this.setData({ picture: text ? png.picture(qr.encode(text), SCALE) : '' })
    },
  },
})
