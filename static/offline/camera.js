// Reading QR codes through the camera or from a picture: the browser's own detector, else jsQR.
/* global jsQR */

const WIDEST = 800;
let detector;

async function own() {
  if (detector === undefined) {
    detector = null;
    if ("BarcodeDetector" in self) {
      const formats = await self.BarcodeDetector.getSupportedFormats().catch(() => []);
      if (formats.includes("qr_code")) detector = new self.BarcodeDetector({ formats: ["qr_code"] });
    }
  }
  return detector;
}

const canvas = document.createElement("canvas");

async function decode(source, width, height, widest) {
  const native = await own();
  if (native) {
    const found = await native.detect(source).catch(() => []);
    if (found.length) return found[0].rawValue;
  }
  const scale = Math.min(1, widest / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
  const found = jsQR(pixels.data, canvas.width, canvas.height);
  return found ? found.data : null;
}

/** The code in a picture file; null if there is none. */
export async function fromFile(file) {
  const picture = await createImageBitmap(file);
  for (const widest of [WIDEST, 1600, 400]) {
    const found = await decode(picture, picture.width, picture.height, widest);
    if (found) return found;
  }
  return null;
}

/** Show the camera in `video` and call `seen` with each code; answers how to stop, or null where there is none. */
export async function watch(video, seen) {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return null;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch (problem) {
    return null;
  }
  video.srcObject = stream;
  await video.play().catch(() => null);
  let going = true;
  const look = async () => {
    if (!going) return;
    if (video.readyState >= 2 && video.videoWidth) {
      const found = await decode(video, video.videoWidth, video.videoHeight, WIDEST);
      if (found && going) await seen(found);
    }
    setTimeout(look, 200);
  };
  look();
  return () => {
    going = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}
