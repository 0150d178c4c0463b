// The in-phone browser: one iframe on the phone's own host, its title, its way back.
"use strict";

const Browser = (() => {
  const box = document.getElementById("browser");
  const title = document.getElementById("browser-title");
  const back = document.getElementById("browser-back");
  let frame = null;
  let trail = [];

  function open(path) {
    close();
    frame = document.createElement("iframe");
    frame.name = "browser";
    frame.dataset.testid = "browser";
    frame.title = "网页";
    frame.allow = "clipboard-write";
    frame.src = path;
    frame.onload = loaded;
    title.textContent = "加载中…";
    document.getElementById("page").replaceChildren(frame);
    box.hidden = false;
  }

  function loaded() {
    let place;
    try {
      place = frame.contentWindow.location.href;
      title.textContent = frame.contentDocument.title || "网页";
    } catch {
      title.textContent = "外部网页";
      return;
    }
    if (place === "about:blank") return;
    if (trail[trail.length - 1] !== place) trail.push(place);
    back.hidden = trail.length < 2;
    frame.contentWindow.WeixinJSBridge = {
      call: (name) => name === "closeWindow" && close(),
      invoke: (name, _args, done) => { if (name === "closeWindow") close(); if (done) done({ err_msg: `${name}:ok` }); },
      on: () => {},
    };
    frame.contentDocument.dispatchEvent(new Event("WeixinJSBridgeReady"));
  }

  function close() {
    box.hidden = true;
    trail = [];
    back.hidden = true;
    if (frame) frame.remove();
    frame = null;
  }

  back.onclick = () => {
    trail.pop();
    if (trail.length) frame.contentWindow.location.replace(trail[trail.length - 1]);
    else close();
  };
  document.getElementById("browser-close").onclick = close;
  document.getElementById("browser-reload").onclick = () => frame && frame.contentWindow.location.reload();

  // What stands on this screen can be picked by the other phones' scanners: square pictures go to the reader.
  let reported = "";

  function source(node) {
    if (node.tagName === "IMG") return node.currentSrc;
    if (node.tagName === "CANVAS") return node.toDataURL();
    return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(node))}`;
  }

  function square(node) {
    const { width, height } = node.getBoundingClientRect();
    return width >= 90 && Math.abs(width - height) < width / 10;
  }

  async function raster(address) {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 640;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 640, 640);
    pen.drawImage(image, 20, 20, 600, 600);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  async function report() {
    try {
      if (!frame || document.hidden) return;
      const page = frame.contentWindow.location.pathname;
      const found = [...frame.contentDocument.querySelectorAll("img, canvas, svg")].filter(square).slice(0, 4).map(source);
      const all = page + found.join("\n");
      if (!found.length || all === reported) return;
      reported = all;
      const form = new FormData();
      form.append("page", page);
      for (const address of found) form.append("image", await raster(address), "seen.png");
      await fetch("/_phone/seen", { method: "POST", body: form });
    } catch { /* a page of another host, or a picture that cannot be drawn: nothing to pick */ }
  }
  setInterval(report, 1500);

  return { open, close, box };
})();
