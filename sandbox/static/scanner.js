// The scanner: a picture file, the neighbour's screen, a window of the computer, a pasted link, a list. Reads codes for the
// phone, for a menu button, or for the mini-program that asked.
"use strict";

const Scanner = (() => {
  const LOOK = 3000; // milliseconds the neighbour has to answer
  let forMenu = null, forProgram = null;

  /** Scan for the mini-program: its text, null where the person went back. */
  function read() {
    return new Promise((done) => { forProgram = done; go("scan"); });
  }

  /** Scan for a menu button of the account. */
  function menu(button) { forMenu = button; go("scan"); }

  /** The scanner is left without a code; whether it was the mini-program's. */
  function leave() {
    const asked = forProgram;
    forProgram = forMenu = null;
    if (asked) asked(null);
    return Boolean(asked);
  }

  async function take(text) {
    if (!text.trim()) return;
    if (forProgram) {
      const asked = forProgram;
      forProgram = null;
      return asked(text.trim());
    }
    const next = await act("scan", { text, menu: forMenu });
    if (!next) return;
    forMenu = null;
    $("scan-text").value = "";
    if (screen === "scan") go(next.chat ? "chat" : "list");
    follow(next);
  }

  async function takeImage(...images) {
    const form = new FormData();
    for (const image of images) form.append("image", image, "code.png");
    const found = await act("read", form);
    if (found) take(found.texts[0]);
  }

  // The phone beside this one on the desk: what stands on its screen, as pixels.
  function neighbour() {
    const id = Math.random();
    return new Promise((done) => {
      const end = (photos) => { removeEventListener("message", hear); clearTimeout(timer); done(photos); };
      const hear = ({ source, data }) => source === parent && data && data.look === "photos" && data.id === id && end(data.photos);
      const timer = setTimeout(end, LOOK, []);
      addEventListener("message", hear);
      parent.postMessage({ look: "ask", id }, "*");
    });
  }

  $("scan-beside").hidden = parent === window;
  $("scan-beside").onclick = async () => {
    const photos = await neighbour();
    if (photos.length) takeImage(...photos);
    else toast("旁边的手机上没有二维码");
  };

  $("scan-file").onchange = (event) => { if (event.target.files[0]) takeImage(event.target.files[0]); event.target.value = ""; };
  $("scan-form").onsubmit = (event) => { event.preventDefault(); take($("scan-text").value); };
  $("drop").ondragover = (event) => { event.preventDefault(); $("drop").classList.add("over"); };
  $("drop").ondragleave = () => $("drop").classList.remove("over");
  $("drop").ondrop = (event) => { event.preventDefault(); $("drop").classList.remove("over"); if (event.dataTransfer.files[0]) takeImage(event.dataTransfer.files[0]); };
  document.addEventListener("paste", (event) => {
    const image = [...event.clipboardData.items].find((item) => item.type.startsWith("image/"));
    if (screen === "scan" && image) { event.preventDefault(); takeImage(image.getAsFile()); }
  });

  $("scan-list").onclick = async () => {
    const { codes } = await (await fetch("/_phone/codes")).json();
    $("scan-codes").replaceChildren(...(codes.length ? codes : [{ where: "现在没有已知的二维码" }]).map((code) => {
      const line = Render.make("button", "line");
      const words = Render.make("span", "", code.where);
      if (code.text) {
        words.append(Render.make("small", "", code.text));
        line.dataset.testid = "scan-code";
        line.dataset.text = code.text;
        line.onclick = () => take(code.text);
      }
      line.append(words);
      return line;
    }));
  };

  // A person at one computer has no second camera: take one picture of a window he chooses.
  $("scan-screen").onclick = async () => {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getDisplayMedia) return toast("这个浏览器不能看屏幕，请截图后粘贴到这里");
    let stream;
    try { stream = await navigator.mediaDevices.getDisplayMedia({ video: { displaySurface: "browser" } }); } catch { return toast("没有看到屏幕。可以截图后粘贴到这里"); }
    const video = document.createElement("video");
    video.srcObject = stream;
    video.muted = true;
    await video.play();
    await new Promise((done) => setTimeout(done, 400));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    stream.getTracks().forEach((track) => track.stop());
    canvas.toBlob((image) => takeImage(image), "image/png");
  };
  $("scan-open").onclick = () => { leave(); go("scan"); };

  return { read, menu, leave, take };
})();
