// At a computer the mouse is the finger: its presses become touches, so that pull-down and the swipe from the left edge work.
"use strict";

const Fingers = (() => {
  const DRAG = 12; // px from which a press is no tap

  function lend(view) {
    if (typeof view.TouchEvent !== "function") return;
    let down = null, far = false;

    const send = (kind, event) => {
      const { clientX, clientY, pageX, pageY } = event, lifted = kind === "touchend";
      const point = new view.Touch({ identifier: 1, target: down.target, clientX, clientY, pageX, pageY });
      down.target.dispatchEvent(new view.TouchEvent(kind, {
        bubbles: true, cancelable: true, composed: true, touches: lifted ? [] : [point], changedTouches: [point],
      }));
    };
    const mouse = (act) => (event) => { if (event.pointerType === "mouse") act(event); };
    const start = (event) => {
      if (event.button !== 0) return;
      [down, far] = [event, false];
      send("touchstart", event);
    };
    const move = (event) => {
      if (!down) return;
      far ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > DRAG;
      if (far) send("touchmove", event);
    };
    const end = (event) => {
      if (down) send("touchend", event);
      down = null;
    };

    for (const [name, act] of Object.entries({ pointerdown: start, pointermove: move, pointerup: end, pointercancel: end })) {
      view.addEventListener(name, mouse(act), true);
    }
    view.addEventListener("click", (event) => { // a drag ends in no click
      if (far) { event.stopImmediatePropagation(); event.preventDefault(); }
      far = false;
    }, true);
    view.addEventListener("selectstart", (event) => { if (down && !down.target.closest("input, textarea")) event.preventDefault(); }, true);
    view.addEventListener("dragstart", (event) => event.preventDefault(), true);
    // One press is one finger, not a finger and a mouse.
    for (const name of ["mousedown", "mousemove", "mouseup"]) view.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
  }

  return { lend };
})();
