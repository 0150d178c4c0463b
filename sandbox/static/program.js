// The mini-program: one frame over the chat. The capsule puts it away, running; whatever opens it again finds it as it was.
"use strict";

const Program = (() => {
  const FROM_LIST = 1089; // WeChat's scene for the pull-down
  const EDGE = 24, SWIPE = 90; // px
  const box = document.getElementById("program");
  let state = { ready: false, why: "" }, user = {}, frame = null, wanted = null, kept = null;

  const running = () => frame && frame.contentWindow && frame.contentWindow.__mp;
  const front = () => (box.hidden ? null : frame);

  /** Open it: {path, scene}; without a path as it was left. `url` is for a phone that has no mini-program. */
  function open(asked, url) {
    if (!state.ready) return url ? openUrl(url) : tell(state.why);
    Browser.close();
    box.hidden = false;
    if (!frame) start(asked);
    else if (!running()) wanted = asked;
    else if (asked.path) running().open(asked);
    else running().comeBack();
    dress();
  }

  async function start(asked) {
    wanted = asked;
    frame = document.createElement("iframe");
    frame.name = "program";
    frame.dataset.testid = "program";
    frame.title = phone.brand;
    frame.allow = "clipboard-write; clipboard-read; camera";
    kept ||= keep(await (await fetch("/_phone/storage")).json());
    frame.onload = () => { Fingers.lend(frame.contentWindow); watchEdge(frame.contentWindow); dress(); };
    frame.src = "/_mp/";
    document.getElementById("program-page").replaceChildren(frame);
  }

  // A swipe from the left edge of the program's first page leaves it, as on a phone; deeper the program goes back itself.
  function watchEdge(view) {
    let from = null;
    view.addEventListener("touchstart", ({ touches: [{ clientX }] }) => {
      from = clientX < EDGE && view.getCurrentPages().length < 2 ? clientX : null;
    }, { passive: true });
    view.addEventListener("touchend", ({ changedTouches: [{ clientX }] }) => {
      if (from !== null && clientX - from > SWIPE) hide();
      from = null;
    }, { passive: true });
  }

  // The program's storage is the phone's, in whatever window the phone stands; a browser may deny a frame its own.
  function keep(values) {
    let timer = 0;
    const save = () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask("storage", store), 100);
    };
    const store = Object.create({
      getItem(key) { return Object.hasOwn(store, key) ? store[key] : null; },
      setItem(key, value) { store[key] = String(value); save(); },
      removeItem(key) { delete store[key]; save(); },
      clear() { for (const key of Object.keys(store)) delete store[key]; save(); },
    });
    return Object.assign(store, values);
  }

  /** What the frame's page is told before it starts (host.js). */
  function greet(view) {
    Object.defineProperty(view, "localStorage", { value: kept });
    return {
      open: wanted, origin: location.origin, offline: user.airplane, fontSize: user.font_size,
      host: {
        login: () => code("login"),
        phoneCode: () => code("phone"),
        scan,
        subscribe,
        tell: (what, value) => said[what] && said[what](value),
      },
    };
  }

  const code = (kind) => ask("code", { kind }).then((answer) => answer.code);

  // The scanner covers the program, which goes on below it.
  async function scan() {
    const before = screen;
    box.hidden = true;
    const text = await Scanner.read();
    go(before);
    box.hidden = false;
    if (text === null) return null;
    const mini = text.match(/\/weixin\/wxa\?page=([^&]+)&scene=([^&]+)/);
    return mini ? { result: "", path: `${decodeURIComponent(mini[1])}?scene=${mini[2]}`, scanType: "WX_CODE" } : text;
  }

  // WeChat knows the templates and their titles; the dialog itself is the page's.
  async function subscribe(ids) {
    const { errCode, errMsg, titles } = await ask("may-ask", { ids });
    if (errCode) return { errCode, errMsg };
    running().program.platform.templates = titles;
    return null;
  }

  const said = {
    close: hide,
    subscribed: (answers) => act("subscribed", answers),
    share,
    phoneCall: (number) => tell(`正在呼叫 ${number}\n（模拟手机不能真的打电话）`),
    clipboard: (text) => { navigator.clipboard.writeText(text).catch(() => {}); },
    contact: () => tell("这里会打开小程序的客服会话。（模拟手机里没有客服）"),
  };

  async function share(card) {
    const { people } = await (await fetch("/_phone/people")).json();
    const chosen = await choose("发给谁", people.map((each) => [each.name, each.n]));
    if (chosen && await act("share", { to: chosen, title: card.title, path: card.path })) toast("已发送");
  }

  function hide() {
    if (box.hidden) return;
    box.hidden = true;
    if (running()) running().leave();
    go(screen); // what came meanwhile has been seen
  }

  function end() {
    box.hidden = true;
    if (frame) frame.remove();
    frame = wanted = null;
  }

  // The bar with the clock takes the colour of the page's own bar, as on a real phone.
  function dress() {
    const bar = running() && frame.contentDocument.getElementById("mp-nav");
    if (!bar) return;
    const { backgroundColor, color } = frame.contentWindow.getComputedStyle(bar);
    Object.assign(box.style, { background: backgroundColor, color });
  }

  /** What the server says of the phone, once a second. */
  function hear(said) {
    const grown = user.font_size && user.font_size !== said.user.font_size;
    const cut = user.airplane !== said.user.airplane;
    [state, user] = [said.program, said.user];
    document.getElementById("program-why").textContent = state.why;
    if (grown) end(); // WeChat starts anew with another size of text
    else if (cut && running()) running().setOffline(user.airplane);
    if (front()) dress();
  }

  document.getElementById("program-open").onclick = () => open({ path: "", scene: FROM_LIST });
  document.getElementById("program-profile").onclick = () => open({ path: "", scene: 1020 });

  return { box, open, hide, front, greet, hear };
})();
window.Program = Program; // for the frame (host.js)
