// What the volunteers' pages do beyond HTML: redeem a scan at once, and watch for the digits sent in the chat.
"use strict";

// A scan is confirmed by itself; the button is there for phones where this does not run.
const scan = document.querySelector("form[data-auto-submit]");
if (scan) {
  addEventListener("load", () => {
    if (!scan.dataset.sent) { scan.dataset.sent = "1"; scan.requestSubmit ? scan.requestSubmit() : scan.submit(); }
  });
}

// One tap, one post: a second tap on a slow line would only ask the same again.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.busy) { event.preventDefault(); return; }
  event.target.dataset.busy = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.busy));

// Ask every three seconds whether the digits have arrived; slower after two minutes, silent when hidden.
const box = document.querySelector("[data-poll]");
if (box) {
  box.hidden = false;
  let asked = 0;
  const ask = async () => {
    if (!document.hidden) {
      asked += 1;
      try {
        const answer = await fetch(box.dataset.poll, { credentials: "same-origin" });
        const { state } = await answer.json();
        box.querySelectorAll("[data-when]").forEach((line) => { line.hidden = line.dataset.when !== state; });
        if (state === "used") location.reload(); // nothing is left to do here, and the page says so
        if (state !== "waiting") return;
      } catch { /* no network for a moment: ask again */ }
    }
    setTimeout(ask, asked < 40 ? 3000 : 10000);
  };
  setTimeout(ask, 3000);
}
