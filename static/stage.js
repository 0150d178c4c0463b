// The rotating code, on the big screen of the console and on a leader's phone.
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
        location.assign(stage.dataset.login + "?next=" + encodeURIComponent(location.pathname));
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
