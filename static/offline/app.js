// A leader's phone without a network: list, camera, what was kept, and the upload (docs/checkin.md).
import * as store from "/static/offline/store.js";
import { read } from "/static/offline/codes.js";
import { fromFile, watch } from "/static/offline/camera.js";

const PIECE = 100;
const LOCK_AFTER = 10 * 60 * 1000;
/** Milliseconds after which an unanswered call is tried again. */
const AGAIN = 8_000;
const DAY_END = 30 * 60 * 1000;
const RUN = random(8);
const $ = (choice, within) => (within || document).querySelector(choice);
const all = (choice, within) => Array.from((within || document).querySelectorAll(choice));

let held = null; // {key, salt, token, kit}: open only while unlocked
let direction = "in";
let stopCamera = null;
let lastSeen = { code: "", at: 0 };
let sending = false;

function random(size) {
  const raw = crypto.getRandomValues(new Uint8Array(size));
  return btoa(String.fromCharCode.apply(null, raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const raw = crypto.getRandomValues(new Uint8Array(16));
  raw[6] = (raw[6] & 15) | 64;
  raw[8] = (raw[8] & 63) | 128;
  const hex = Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function say(key, facts) {
  const line = $("[data-text='" + key + "']", $("#texts").content).textContent;
  return line.replace(/\{(\w+)\}/g, (whole, name) => (facts && name in facts ? facts[name] : ""));
}

function show(screen) {
  all("[data-screen]").forEach((each) => { each.hidden = each.dataset.screen !== screen; });
}

function wrong(form, key, text) {
  all("[data-wrong]", form).forEach((each) => {
    each.hidden = each.dataset.wrong !== key;
    if (text && each.dataset.wrong === key) each.textContent = text;
  });
}

function tell(text, good) {
  const line = $("[data-said]");
  line.hidden = false;
  line.className = "flash said " + (good ? "ok" : "bad");
  line.textContent = text;
  if (navigator.vibrate) navigator.vibrate(good ? 60 : [60, 60, 60]);
}

const clock = (millis) => new Date(millis).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

/** Whether the last call got an answer: a phone in somebody's network without internet calls itself online. */
let reached = true, again = 0;
function heard(answered) {
  reached = answered;
  drawNetwork();
  clearTimeout(again);
  if (!answered) again = setTimeout(() => { if (held) refresh(); }, AGAIN); // nothing tells such a phone that it has a network
}

async function call(method, path, body, token) {
  const headers = {};
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = "Bearer " + token;
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined, cache: "no-store" });
  } catch (problem) {
    heard(false);
    throw problem;
  }
  heard(true);
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}

// Opening ------------------------------------------------------------------------------------------------------

async function begin() {
  if (!self.isSecureContext || !crypto.subtle || !self.indexedDB || !navigator.serviceWorker) return show("old");
  navigator.serviceWorker.register("/o/sw.js", { scope: "/o/" }).catch(() => null);
  let found = await store.kit();
  if (found && Date.now() + found.offset > found.until) {
    await store.wipeKit(); // past its time: the list goes, what is not uploaded stays
    found = null;
  }
  const link = location.pathname.replace(/^\/o\//, "");
  if (link) return show("setup");
  return show(found ? "locked" : "none");
}

$("#setup").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, pin = $("#pin-new").value;
  if (pin !== $("#pin-again").value) return wrong(form, "differ");
  wrong(form, "");
  const link = location.pathname.replace(/^\/o\//, "");
  // The same secret again, should the answer get lost on the way: the link then opens once more.
  const secret = sessionStorage.getItem("secret." + link) || random(32);
  sessionStorage.setItem("secret." + link, secret);
  let answer;
  const before = Date.now();
  try {
    answer = await call("POST", "/api/v1/offline/open", { link, secret });
  } catch (problem) {
    return wrong(form, "network");
  }
  if (answer.status !== 200) return wrong(form, "link", answer.body.message);
  const offset = answer.body.server_now - Math.round((before + Date.now()) / 2);
  const opened = await store.seal(pin, { token: secret, kit: answer.body }, openFacts(answer.body, offset));
  sessionStorage.removeItem("secret." + link);
  store.persist();
  history.replaceState(null, "", "/o/");
  held = { key: opened.key, salt: opened.salt, token: secret, kit: answer.body };
  form.reset();
  return enter();
});

const openFacts = (kit, offset) => ({ code: kit.kit, until: kit.until, offset });

$("#unlock").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const opened = await store.unseal($("#pin").value);
  form.reset();
  if (!opened) {
    const left = await store.kit();
    if (!left) return show("none");
    $("[data-left]", form).textContent = String(store.MOST_WRONG - left.wrong);
    return wrong(form, "pin");
  }
  wrong(form, "");
  held = { key: opened.key, salt: opened.salt, token: opened.secret.token, kit: opened.secret.kit };
  return enter();
});

async function enter() {
  const kit = held.kit, activity = kit.activity;
  $("[data-fill=title]").textContent = activity.title;
  $("[data-fill=when]").textContent = clock(activity.starts_at) + "–" + clock(activity.ends_at);
  $("[data-fill=place]").textContent = activity.place;
  const choice = $("#shift");
  choice.replaceChildren(...kit.shifts.map((shift) => new Option(shift.position + " " + clock(shift.starts_at), shift.code)));
  $("[data-shift-field]").hidden = kit.shifts.length < 2;
  show("main");
  await draw();
  if (navigator.onLine) await refresh();
}

function lock() {
  held = null;
  if (stopCamera) endCamera();
  all("[data-list]").forEach((list) => list.replaceChildren());
  store.kit().then((found) => show(found ? "locked" : "none"));
}

let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (held && hiddenAt && Date.now() - hiddenAt > LOCK_AFTER) lock();
});

/** While there is a network: a newer list, a newer clock, and what waits goes up. */
async function refresh() {
  await upload(true);
  if (!held) return;
  try {
    const before = Date.now();
    const answer = await call("GET", "/api/v1/offline/kit", null, held.token);
    if (!held || answer.status !== 200) return;
    held.kit = answer.body;
    const offset = answer.body.server_now - Math.round((before + Date.now()) / 2);
    await store.reseal(held.key, held.salt, { token: held.token, kit: held.kit }, openFacts(held.kit, offset));
    await draw();
  } catch (problem) { /* no network after all */ }
}

addEventListener("online", () => { if (held) refresh(); else drawNetwork(); });
addEventListener("offline", drawNetwork);
function drawNetwork() { $("[data-note=offline]").hidden = navigator.onLine && reached; }

// Keeping ------------------------------------------------------------------------------------------------------

async function keep(kind, facts, way) {
  const facts0 = await store.kit();
  const scan = {
    nonce: uuid(), kind, direction: way || direction, device_at: Date.now(), mono: Math.round(performance.now()), run: RUN,
    offset: facts0 ? facts0.offset : null, kit: held.kit.kit, activity: held.kit.activity.code,
    shift: $("#shift").value || "",
  };
  await store.keep(Object.assign(scan, facts, { sent: false }));
  return scan;
}

/** How the people of the list stand, with what this phone kept. */
function standing(kept) {
  const known = new Map();
  held.kit.people.forEach((each) => known.set(each.no, { in: each.in_at, out: each.out_at }));
  kept.forEach((scan) => {
    const no = scan.no || scan.person;
    if (!no || scan.activity !== held.kit.activity.code || (scan.answer && scan.answer.outcome === "refused")) return;
    const state = known.get(no) || { in: null, out: null };
    const at = scan.device_at + (scan.offset || 0);
    if (state[scan.direction] === null || at < state[scan.direction]) state[scan.direction] = at;
    known.set(no, state);
  });
  return known;
}

const nameOf = (no) => {
  const found = held.kit.people.concat(held.kit.others).find((each) => each.no === no);
  return found ? found.name : say("stranger", { no });
};

/** Names that were written down in this activity and are not recognised yet. */
const written = (kept) => kept.filter((scan) => scan.kind === "name" && scan.activity === held.kit.activity.code
  && !(scan.answer && scan.answer.outcome !== "refused"));

/** One person, by his code or by the list. */
async function take(no, kind, facts, way) {
  const wanted = way || direction;
  const name = nameOf(no);
  const me = held.kit.people.find((each) => each.no === no && each.me);
  if (me) return tell(say("me"), false);
  const state = standing(await store.scans()).get(no) || { in: null, out: null };
  if (state[wanted] !== null) {
    return tell(say("already-" + wanted, { name, time: clock(state[wanted]) }), true);
  }
  try {
    await keep(kind, Object.assign({ no }, facts), wanted);
  } catch (problem) {
    return tell(say("save-failed", { name }), false);
  }
  tell(say(wanted === "out" && state.in === null ? "out-alone" : "kept-" + wanted, { name }), true);
  return draw();
}

async function taken(found) {
  const now = Date.now();
  if (found === lastSeen.code && now - lastSeen.at < 4000) { lastSeen.at = now; return; }
  lastSeen = { code: found, at: now };
  const facts = await store.kit();
  const judged = await read(found, held.kit, now + (facts ? facts.offset : 0));
  if (judged.state === "good") return take(judged.no, "person", { code: judged.code });
  const name = judged.no ? nameOf(judged.no) : "";
  // What the phone refuses is kept as well: the house judges it again.
  if (judged.state === "unknown") await keep("person", { code: judged.code.slice(0, 300) });
  if (["forged", "expired", "revoked"].includes(judged.state)) {
    await keep("person", { code: judged.code.slice(0, 300), odd: judged.state });
  }
  tell(say(judged.state, { name }), judged.state === "unknown");
  return draw();
}

// Hands --------------------------------------------------------------------------------------------------------

all("[data-direction]").forEach((button) => button.addEventListener("click", () => {
  direction = button.dataset.direction;
  all("[data-direction]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  lastSeen = { code: "", at: 0 };
  draw();
}));

function endCamera() {
  if (stopCamera) stopCamera();
  stopCamera = null;
  $(".camera").hidden = true;
  $("[data-act=stop]").hidden = true;
  $("[data-act=camera]").hidden = false;
}

const acts = {
  async camera() {
    $(".camera").hidden = false;
    stopCamera = await watch($(".camera video"), taken);
    if (!stopCamera) {
      endCamera();
      $("[data-note=camera]").hidden = false;
      $("[data-note=file]").hidden = false;
      return;
    }
    $("[data-act=stop]").hidden = false;
    $("[data-act=camera]").hidden = true;
  },
  stop: endCamera,
  upload: () => upload(false),
  lock,
  wipe: () => wipe(),
};
all("[data-act]").forEach((button) => button.addEventListener("click", () => acts[button.dataset.act]()));

$("#picture").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  event.target.value = "";
  if (!file) return;
  const found = await fromFile(file).catch(() => null);
  if (!found) { tell(say("no-code"), false); return; }
  lastSeen = { code: "", at: 0 };
  await taken(found);
});

$("#walk-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = $("#name").value.trim();
  if (!name) return;
  // One of the team by that name, and one alone: ticked at once, as the house would do it.
  const same = held.kit.people.concat(held.kit.others).filter((each) => each.name === name);
  if (same.length === 1) {
    $("#name").value = "";
    await take(same[0].no, "list", { person: same[0].no });
    return;
  }
  const before = written(await store.scans()).find((each) => each.name === name && each.direction === direction);
  if (before) {
    tell(say("named-already", { name, time: clock(before.device_at + (before.offset || 0)) }), false);
    return;
  }
  try {
    await keep("name", { name });
  } catch (problem) {
    tell(say("save-failed", { name }), false);
    return;
  }
  $("#name").value = "";
  tell(say("named", { name }), true);
  await draw();
});

$("#find").addEventListener("input", () => draw());

// Drawing ------------------------------------------------------------------------------------------------------

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function line(person, state) {
  const row = make("li", "line");
  if (person.photo) {
    const face = make("img");
    face.src = person.photo;
    face.alt = "";
    row.append(face);
  }
  const who = make("span", "who");
  who.append(make("strong", "", person.name));
  const where = state.out !== null ? "left" : state.in !== null ? "inside" : "expected";
  who.append(make("span", "muted", say("state-" + where, { time: clock(state.out !== null ? state.out : state.in || 0) })));
  row.append(who);
  if (state[direction] === null && !person.me) {
    const button = make("button", "btn", say(direction));
    button.type = "button";
    button.dataset.no = person.no;
    button.addEventListener("click", () => take(person.no, "list", { person: person.no }));
    row.append(button);
  }
  return row;
}

async function draw() {
  if (!held) return;
  const kept = await store.scans();
  const states = standing(kept);
  const none = { in: null, out: null };
  const find = $("#find").value.trim();
  const fits = (person) => !find || person.name.includes(find);
  $("[data-list=people]").replaceChildren(
    ...held.kit.people.filter(fits).map((person) => line(person, states.get(person.no) || none))
  );
  $("[data-list=others]").replaceChildren(
    ...held.kit.others.filter(fits).map((person) => line(person, states.get(person.no) || none))
  );
  const names = written(kept);
  $("[data-note=written]").hidden = !names.length;
  $("[data-note=written]").textContent = say("written", {
    names: names.map((scan) => scan.name + " " + clock(scan.device_at + (scan.offset || 0)) + " " + say(scan.direction)).join("、"),
  });
  const counts = { expected: 0, inside: 0, left: 0, waiting: kept.filter((scan) => !scan.sent).length };
  states.forEach((state) => { counts[state.out !== null ? "left" : state.in !== null ? "inside" : "expected"] += 1; });
  all("[data-count]").forEach((each) => { each.textContent = String(counts[each.dataset.count]); });
  $("[data-note=waiting]").textContent = counts.waiting ? say("waiting", { count: counts.waiting }) : say("none-waiting");
  $("[data-act=upload]").disabled = sending || !counts.waiting;
  $("[data-act=wipe]").hidden = counts.waiting > 0;
  const odd = kept.filter((scan) => scan.answer && scan.answer.outcome !== "accepted");
  $("[data-list=answers]").replaceChildren(...odd.map((scan) => {
    const row = make("li", "", "");
    row.append(make("strong", "", scan.answer.name || (scan.no ? nameOf(scan.no) : scan.name || "")));
    row.append(make("span", "", " " + say(scan.direction) + " " + clock(scan.answer.at || scan.device_at)));
    row.append(make("p", "muted", scan.answer.message));
    return row;
  }));
  drawNetwork();
}

// Upload -------------------------------------------------------------------------------------------------------

const FIELDS = ["nonce", "kind", "direction", "device_at", "mono", "run", "offset", "shift", "code", "person", "name"];

function plain(scan) {
  const item = {};
  FIELDS.forEach((name) => { if (scan[name] !== undefined && scan[name] !== null && scan[name] !== "") item[name] = scan[name]; });
  return item;
}

/** Bring what waits, a piece at a time, by the kit under which it was kept. `quiet`: nobody asked for it. */
async function upload(quiet) {
  if (sending || !held) return;
  sending = true;
  const note = $("[data-note=sent]");
  let brought = 0;
  try {
    for (;;) {
      const waiting = (await store.scans()).filter((scan) => !scan.sent);
      if (!waiting.length) break;
      if (!held) return;
      note.hidden = false;
      note.className = "flash";
      note.textContent = say("sending", { count: waiting.length });
      const piece = waiting.filter((scan) => scan.kit === waiting[0].kit).slice(0, PIECE);
      const sent = { device: Date.now(), mono: Math.round(performance.now()), run: RUN };
      const answer = await call("POST", "/api/v1/offline/scans", { kit: piece[0].kit, items: piece.map(plain), sent }, held.token);
      if (answer.status === 401 || answer.status === 410 || answer.status === 404) {
        note.className = "flash bad";
        note.textContent = say("over");
        return;
      }
      if (answer.status !== 200) throw new Error(String(answer.status));
      await store.note({ offset: answer.body.server_now - Date.now() });
      for (let each = 0; each < piece.length; each += 1) {
        await store.keep(Object.assign(piece[each], { sent: true, answer: answer.body.answers[each] }));
      }
      brought += piece.length;
      await draw();
    }
    if (brought || !quiet) {
      note.hidden = false;
      note.className = "flash ok";
      note.textContent = say("sent", { count: brought });
    }
  } catch (problem) {
    const left = (await store.scans()).filter((scan) => !scan.sent).length;
    note.hidden = quiet && !brought;
    note.className = "flash bad";
    note.textContent = say("cut", { count: left });
    return;
  } finally {
    sending = false;
    await draw();
  }
  const odd = (await store.scans()).some((scan) => scan.answer && ["refused", "review", "orphan"].includes(scan.answer.outcome));
  // Over, all brought, nothing to read: the list leaves the phone by itself.
  const facts = await store.kit();
  const now = Date.now() + (facts ? facts.offset : 0);
  if (held && brought && !odd && now > held.kit.activity.ends_at + DAY_END) await wipe();
}

async function wipe() {
  if ((await store.scans()).some((scan) => !scan.sent)) return;
  await call("POST", "/api/v1/offline/done", null, held.token).catch(() => null);
  await store.wipeKit();
  await store.wipeScans();
  held = null;
  if (stopCamera) endCamera();
  show("wiped");
}

begin();
