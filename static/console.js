// What the console does beyond HTML and htmx: the big screen, suggested words, tick all, one post for two taps.
"use strict";

// One tap, one post: a second tap on a slow line would only ask the same again. htmx minds its own forms.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("hx-post")) return;
  if (form.dataset.busy) { event.preventDefault(); return; }
  form.dataset.busy = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.busy));

// A session that is over sends the whole page to the log-in, not a piece of it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (new URL(xhr.responseURL || location.href).pathname === "/console/login" && location.pathname !== "/console/login") {
    event.detail.shouldSwap = false;
    location.assign("/console/login?next=" + encodeURIComponent(location.pathname));
  }
});
// Say so when the numbers on the page are no longer those of the house.
const offline = document.getElementById("offline");
if (offline) {
  const show = (lost) => () => { offline.hidden = !lost; };
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => document.addEventListener(name, show(true)));
  document.addEventListener("htmx:afterOnLoad", (event) => { if (event.detail.xhr.status < 400) offline.hidden = true; });
}

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
document.querySelectorAll("[data-all]").forEach((all) => {
  all.hidden = false;
  const boxes = all.parentElement.querySelectorAll("[name=who]");
  all.firstElementChild.addEventListener("change", (event) => boxes.forEach((box) => { box.checked = event.target.checked; }));
});

// Choosing a kind of service writes the risk notice, unless the leader has written one of his own.
const kind = document.getElementById("kind");
if (kind) {
  const risk = document.getElementById("risk_notice"), guard = document.getElementById("safeguards");
  const ours = (name) => new Set(["", ...[...kind.options].map((option) => option.dataset[name] || "")]);
  const risks = ours("risk"), guards = ours("guard");
  const suggest = () => {
    const chosen = kind.selectedOptions[0];
    if (risks.has(risk.value.trim()) && chosen.dataset.risk) risk.value = chosen.dataset.risk;
    if (guards.has(guard.value.trim())) guard.value = chosen.dataset.guard || "";
  };
  kind.addEventListener("change", suggest);
}

// The big screen: a new code with each step, fresh numbers every three seconds, and a warning in place of a dead code.
const stage = document.getElementById("stage");
if (stage) {
  const ASK = 3000, LATE = 9000;
  const picture = document.getElementById("stage-qr"), bar = document.getElementById("stage-bar");
  const lost = document.getElementById("stage-lost"), more = document.getElementById("stage-lost-more");
  const wall = document.getElementById("stage-clock");
  let step = stage.dataset.step, heard = performance.now();
  let next = heard + Number(stage.dataset.next), good = heard + Number(stage.dataset.good);
  let asking = false, asked = heard, ahead = Number(stage.dataset.server) - heard;

  const ask = async () => {
    asking = true;
    asked = performance.now();
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 8000);
    try {
      const answer = await fetch(`${stage.dataset.url}?have=${step}`, { credentials: "same-origin", signal: stop.signal });
      if (answer.redirected) {
        location.assign("/console/login?next=" + encodeURIComponent(location.pathname));
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const facts = await answer.json();
      heard = performance.now();
      // Counted from before the request: a slow answer must not make an old code look younger.
      next = asked + facts.next_ms;
      good = asked + facts.good_ms;
      ahead = facts.server_ms - heard;
      step = String(facts.step);
      if (facts.picture) picture.src = facts.picture;
      for (const name of ["came", "expected", "inside", "left"]) {
        const place = document.getElementById("n-" + name);
        if (place) place.textContent = facts[name];
      }
      for (const place of document.querySelectorAll("[data-line]")) {
        const [line, number] = place.dataset.line.split("-");
        if (facts.lines[line]) place.textContent = facts.lines[line][number];
      }
    } catch { /* the warning below appears by itself */ } finally {
      clearTimeout(timer);
      asking = false;
    }
  };

  const tick = () => {
    const time = performance.now();
    bar.value = Math.max(0, Math.min(1000, (next - time) / Number(stage.dataset.seconds)));
    wall.textContent = new Date(ahead + time).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
    lost.hidden = time - heard < LATE;
    const dead = time > good;
    picture.parentElement.classList.toggle("stale", dead);
    if (dead) lost.hidden = false;
    more.textContent = dead ? "码已经失效，请先不要扫。可以请队长在名单上记。" : "码可能马上失效，正在重新连接。";
    if (!asking && time - asked > (time > next ? 800 : ASK)) ask();
  };
  setInterval(tick, 200);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !asking) ask(); });

  // The screen stays awake where the browser can keep it so.
  const wake = () => { if (!document.hidden && navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {}); };
  document.addEventListener("visibilitychange", wake);
  wake();
  const whole = document.querySelector("[data-fullscreen]");
  if (whole && document.documentElement.requestFullscreen) {
    whole.hidden = false;
    whole.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
    });
  }
}
