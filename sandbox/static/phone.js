// The phone: screens, polling once a second, sending, menu, follow, airplane mode, size of text.
"use strict";

const $ = (id) => document.getElementById(id);
const root = document.querySelector(".phone");
const phone = { name: root.dataset.name, brand: root.dataset.brand, open: openUrl, send, program: (...asked) => Program.open(...asked) };
const TITLES = { list: "微信", chat: phone.brand, notices: "服务通知", friends: "朋友转发", profile: "公众号", me: "我", scan: "扫一扫" };
const SCREENS = { oa: "chat", notices: "notices", friends: "friends" }; // of each chat
const seen = { oa: 0, notices: 0, friends: 0 };
let after = 0, epoch = "", first = true, screen = "list", menuDrawn = "", wasAirplane = false, busy = false;

// ---- talking to the server -------------------------------------------------------------------------
async function ask(path, body) {
  const answer = await fetch(`/_phone/${path}`, body instanceof FormData ? { method: "POST", body }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}) });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) { toast(data.error || "出错了，请重试"); throw new Error(data.error || answer.status); }
  return data;
}

function act(path, body) {
  return ask(path, body).then((result) => { poll(); return result; }, () => { poll(); return null; });
}

async function poll() {
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(`/_phone/state?after=${after}`);
    if (answer.ok) show(await answer.json());
  } catch { /* the sandbox restarts: the next second asks again */ } finally { busy = false; }
}

function show(state) {
  if (epoch !== state.epoch || wasAirplane !== state.user.airplane) {
    if (epoch && epoch !== state.epoch) return location.reload();
    const again = wasAirplane && !state.user.airplane;
    epoch = state.epoch; wasAirplane = state.user.airplane;
    if (again) { after = 0; first = true; for (const chat in SCREENS) $(`flow-${chat}`).replaceChildren(); return void setTimeout(poll); }
  }
  $("clock").textContent = Render.hour(state.now);
  Browser.box.dataset.clock = Program.box.dataset.clock = Render.hour(state.now) + (state.user.airplane ? "　✈ 飞行模式" : "");
  $("signal").classList.toggle("off", state.user.airplane);
  $("airplane").checked = state.user.airplane;
  $("font").value = state.user.font_size;
  root.style.setProperty("--grown", state.user.font_size / 17);
  Browser.grow(state.user.font_size / 17);
  Program.hear(state);
  const follows = state.user.following;
  $("follow").hidden = follows; $("unfollow").hidden = !follows; $("profile-chat").hidden = !follows;
  $("follow-state").textContent = follows ? "已关注" : "未关注";
  $("compose").hidden = !follows; $("must-follow").hidden = follows;
  drawMenu(state, follows);
  drawSubscriptions(state);
  for (const entry of state.entries) add(entry);
  first = false;
  unread();
}

// ---- chats -----------------------------------------------------------------------------------------
function add(entry) {
  if (entry.id <= after) return;
  after = entry.id;
  const flow = $(`flow-${entry.chat}`);
  if (entry.at - (flow.dataset.at || 0) > 300) flow.append(Render.make("div", "when", Render.when(entry.at)));
  flow.dataset.at = entry.at;
  flow.append(Render.entry(entry, phone));
  flow.scrollTop = flow.scrollHeight;
  $(`last-${entry.chat}`).textContent = Render.summary(entry);
  $(`time-${entry.chat}`).textContent = Render.hour(entry.at);
  $(`row-${entry.chat}`).hidden = false;
  const looking = screen === SCREENS[entry.chat] && Browser.box.hidden && Program.box.hidden;
  if (entry.side === "them" && !first && !looking) { seen[entry.chat] += 1; banner(entry); }
}

function unread() {
  for (const chat in SCREENS) { $(`unread-${chat}`).textContent = seen[chat]; $(`unread-${chat}`).hidden = !seen[chat]; }
  const all = seen.oa + seen.notices + seen.friends;
  $("unread").textContent = all;
  $("unread").hidden = !all;
}

function banner(entry) {
  const box = $("banner");
  box.replaceChildren(Render.make("b", "", entry.chat === "oa" ? phone.brand : TITLES[entry.chat]), Render.make("span", "", Render.summary(entry)));
  box.onclick = () => { Browser.close(); Program.hide(); go(SCREENS[entry.chat]); box.hidden = true; };
  box.hidden = false;
  clearTimeout(banner.timer);
  banner.timer = setTimeout(() => { box.hidden = true; }, 3000);
}

function send(text, menuId) {
  return act("send", { text, menu_id: menuId || "" });
}

$("compose").onsubmit = (event) => {
  event.preventDefault();
  const text = $("text").value;
  if (text.trim()) { $("text").value = ""; send(text); }
};
$("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("compose").requestSubmit(); }
};

// ---- account menu ----------------------------------------------------------------------------------
function drawMenu(state, follows) {
  $("menu").hidden = !state.menu || !follows;
  if (menuDrawn === `${state.epoch} ${state.menu_id}` || !state.menu) return;
  menuDrawn = `${state.epoch} ${state.menu_id}`;
  $("menu").replaceChildren(...state.menu.button.map((button, index) => {
    const cell = Render.make("div");
    const top = Render.make("button", button.sub_button && button.sub_button.length ? "has-sub" : "", button.name);
    top.dataset.testid = "menu-button";
    cell.append(top);
    if (top.className) {
      const sub = Render.make("div", "sub");
      sub.hidden = true;
      sub.append(...button.sub_button.map((item, place) => {
        const line = Render.make("button", "", item.name);
        line.dataset.testid = "submenu-button";
        line.onclick = () => { sub.hidden = true; tapMenu(index, place); };
        return line;
      }));
      top.onclick = () => { const was = sub.hidden; closeMenus(); sub.hidden = !was; };
      cell.append(sub);
    } else top.onclick = () => { closeMenus(); tapMenu(index, null); };
    return cell;
  }));
}

function closeMenus() { for (const sub of document.querySelectorAll(".menu .sub")) sub.hidden = true; }
$("flow-oa").addEventListener("click", closeMenus);

async function tapMenu(index, sub) {
  const next = await act("menu", { index, sub });
  if (next && next.scan) Scanner.menu(next.scan); else follow(next);
}

// ---- opening ---------------------------------------------------------------------------------------
function follow(next) {
  if (!next) return;
  if (next.program) Program.open(next.program, next.open);
  else if (next.open) Browser.open(next.open);
  else if (next.chat) go("chat");
  else if (next.text) tell((next.note ? `${next.note}\n\n` : "") + next.text);
}

async function openUrl(url) { follow(await act("open", { url })); }

// ---- me --------------------------------------------------------------------------------------------
function drawSubscriptions(state) {
  $("subscriptions").replaceChildren(...state.subscriptions.map((item) => {
    const line = Render.make("div", "line");
    const words = Render.make("span", "", item.title);
    const refused = state.user.refuses.includes(item.id);
    words.append(Render.make("small", "", refused ? "已拒收" : item.always ? "长期接收" : `还能收 ${item.credits} 条`));
    words.dataset.testid = "credit";
    words.dataset.template = item.id;
    line.append(words);
    if (!refused) {
      const off = Render.make("button", "", "拒收");
      off.onclick = () => act("refuse", { template: item.id });
      line.append(off);
    }
    return line;
  }));
  $("ask-all").dataset.ids = state.subscriptions.filter((item) => !item.always).slice(0, 5).map((item) => item.id).join(",");
}
$("ask-all").onclick = () => Browser.open(`/subscribe-dialog?template_ids=${encodeURIComponent($("ask-all").dataset.ids)}`);
$("font").onchange = (event) => act("font", { size: Number(event.target.value) });
$("airplane").onchange = (event) => act("airplane", { on: event.target.checked });
for (const button of document.querySelectorAll("[data-follow]")) button.onclick = async () => { if (await act("follow")) go("chat"); };
$("unfollow").onclick = () => act("unfollow");

// ---- screens ---------------------------------------------------------------------------------------
function go(name) {
  screen = name;
  closeMenus();
  for (const section of document.querySelectorAll(".screen")) section.hidden = section.dataset.screen !== name;
  $("title").textContent = TITLES[name];
  const top = name === "list" || name === "me";
  $("back").hidden = top;
  $("tabs").hidden = !top;
  $("scan-open").hidden = name === "scan";
  $("profile-open").hidden = name !== "chat";
  for (const tab of document.querySelectorAll("[data-tab]")) tab.classList.toggle("on", tab.dataset.tab === name);
  const chat = Object.keys(SCREENS).find((each) => SCREENS[each] === name);
  if (chat) seen[chat] = 0;
  unread();
  const flow = chat && $(`flow-${chat}`);
  if (flow) flow.scrollTop = flow.scrollHeight;
  if (name === "scan") $("scan-codes").replaceChildren();
  history.replaceState(null, "", `#${name}`);
}
$("back").onclick = () => {
  if (screen !== "scan" || !Scanner.leave()) go(screen === "profile" ? "chat" : "list");
};
$("profile-open").onclick = () => go("profile");
for (const button of document.querySelectorAll("[data-go]")) button.onclick = () => go(button.dataset.go);
for (const button of document.querySelectorAll("[data-tab]")) button.onclick = () => go(button.dataset.tab);

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $("toast").hidden = true; }, 2500);
}
function tell(text) { $("sheet-text").textContent = text; $("sheet").hidden = false; }
$("sheet-close").onclick = () => { $("sheet").hidden = true; };

// One of some things, by its words; null where the person wants none.
function choose(title, lines) {
  return new Promise((done) => {
    const end = (value) => { $("choice").hidden = true; done(value); };
    $("choice-title").textContent = title;
    $("choice-lines").replaceChildren(...lines.map(([words, value]) => {
      const line = Render.make("button", "line", words);
      line.dataset.testid = "choice-line";
      line.onclick = () => end(value);
      return line;
    }));
    $("choice-close").onclick = () => end(null);
    $("choice").hidden = false;
  });
}

// The list is pulled down, or its handle tapped: the mini-programs used last.
function shelf(open) { $("shelf").hidden = !open; $("shelf-open").setAttribute("aria-expanded", open); }
$("shelf-open").onclick = () => shelf($("shelf").hidden);
{
  const list = document.querySelector("[data-screen=list]");
  let from = null;
  list.addEventListener("touchstart", (event) => { from = list.scrollTop <= 0 ? event.touches[0].clientY : null; }, { passive: true });
  list.addEventListener("touchend", (event) => {
    const by = from === null ? 0 : event.changedTouches[0].clientY - from;
    from = null;
    if (Math.abs(by) > 60) shelf(by > 0);
  }, { passive: true });
}
Fingers.lend(window);

const start = new URLSearchParams(location.search);
go(TITLES[location.hash.slice(1)] ? location.hash.slice(1) : "list");
addEventListener("load", () => poll().then(() => {
  if (start.get("scan")) Scanner.take(start.get("scan"));
  if (start.get("open")) openUrl(start.get("open"));
  if (start.has("program")) Program.open({ path: start.get("program"), scene: 1001 });
  if (start.size) history.replaceState(null, "", location.pathname + location.hash);
}));
setInterval(poll, 1000);
