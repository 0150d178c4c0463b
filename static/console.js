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
