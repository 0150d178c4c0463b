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

  const front = () => (box.hidden ? null : frame);

  return { open, close, front, box };
})();
