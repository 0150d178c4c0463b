// Two phones side by side: what one asks of its neighbour (scanner.js), and the answer, pass from frame to frame.
"use strict";

window.addEventListener("message", ({ source, data }) => {
  if (!data || !data.look) return;
  for (const frame of document.querySelectorAll(".pair iframe")) {
    if (frame.contentWindow !== source) frame.contentWindow.postMessage(data, "*");
  }
});
