// Bytes as base64 and back.

function arrayBufferToBase64(buffer) {
  let text = ''
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte)
  return window.btoa(text)
}

function base64ToArrayBuffer(text) {
  return Uint8Array.from(window.atob(text), (letter) => letter.charCodeAt(0)).buffer
}

module.exports = { arrayBufferToBase64, base64ToArrayBuffer }
