// The in-phone browser: one iframe on the phone's own host, its title, its way back.
"use strict";

const Browser = (() => {
  const box = document.getElementById("browser");
  const title = document.getElementById("browser-title");
  const back = document.getElementById("browser-back");
  let frame = null;
  let trail = [];
  let grown = 1; // 字体大小 of the phone, as WeChat enlarges the text of a page

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
    dress();
    if (trail[trail.length - 1] !== place) trail.push(place);
    back.hidden = trail.length < 2;
    frame.contentWindow.WeixinJSBridge = {
      call: (name) => name === "closeWindow" && close(),
      invoke: (name, _args, done) => { if (name === "closeWindow") close(); if (done) done({ err_msg: `${name}:ok` }); },
      on: () => {},
    };
    frame.contentDocument.dispatchEvent(new Event("WeixinJSBridgeReady"));
  }

  /** Our pages measure in rem, so their text grows with that of the root. */
  function dress() {
    const page = frame && frame.contentDocument && frame.contentDocument.documentElement;
    if (!page) return;
    page.style.scrollbarWidth = "none"; // a phone shows none
    page.style.fontSize = "";
    if (grown !== 1) page.style.fontSize = `${parseFloat(frame.contentWindow.getComputedStyle(page).fontSize) * grown}px`;
  }

  /** The phone's 字体大小: 1 is 标准. */
  function grow(by) {
    if (by === grown) return;
    grown = by;
    try { dress(); } catch { /* a page of another host */ }
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

  return { open, close, front, grow, box };
})();
