// What stands on this phone's screen: square pictures of the page in front, as pixels, for other phones' scanners.
"use strict";

const Shown = (() => {
  const SIDE = 640, MOST = 4;
  let reported = "";

  // The page in front: the mini-program's or the browser's; null while the chat is.
  function page() {
    const frame = Program.front() || Browser.front();
    try { return frame && frame.contentDocument; } catch { return null; } // a page of another host
  }

  function square(node) {
    const { width, height } = node.getBoundingClientRect();
    return width >= 90 && Math.abs(width - height) < width / 10;
  }

  function source(node) {
    if (node.tagName === "IMG") return node.currentSrc;
    if (node.tagName === "CANVAS") return node.toDataURL();
    return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(node))}`;
  }

  function sources(document) {
    return [...document.querySelectorAll("img, canvas, svg")].filter(square).slice(0, MOST).map(source);
  }

  async function photo(address) {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.drawImage(image, 20, 20, SIDE - 40, SIDE - 40);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  /** The pictures at this moment; none where nothing can be drawn. */
  async function photos() {
    const shown = page();
    if (!shown) return [];
    const found = await Promise.allSettled(sources(shown).map(photo));
    return found.filter((each) => each.value).map((each) => each.value);
  }

  // The list of the other scanners is made from this: the server decodes the pictures.
  async function report() {
    try {
      const shown = page();
      if (!shown || document.hidden) return;
      const found = sources(shown), all = shown.location.pathname + found.join("\n");
      if (!found.length || all === reported) return;
      reported = all;
      const form = new FormData();
      form.append("page", shown.location.pathname);
      for (const image of await photos()) form.append("image", image, "seen.png");
      await fetch("/_phone/seen", { method: "POST", body: form });
    } catch { /* a picture that cannot be drawn: nothing to pick */ }
  }
  setInterval(report, 1500);

  // The neighbour on the desk points its camera here (scanner.js, desk.js).
  window.addEventListener("message", async ({ source: asker, data }) => {
    if (data && data.look === "ask" && asker === parent) asker.postMessage({ look: "photos", id: data.id, photos: await photos() }, "*");
  });

  return { photos };
})();
