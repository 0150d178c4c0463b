// Draws chat entries. Text never becomes HTML; only <a href> of official-account texts and bare links are tappable.
"use strict";

const Render = (() => {
  // WeChat's numbers for where a mini-program was opened from.
  const SCENES = { link: 1082, template: 1043, notice: 1107, card: 1074, friend: 1007 };
  const PAGE = /data-miniprogram-path\s*=\s*(["'])(.*?)\1/i;
  const LINK = /<a\b[^>]*?href\s*=\s*(["'])(.*?)\1[^>]*>([\s\S]*?)<\/a>|https?:\/\/[^\s<>"'，。；！？、）】]+/gi;

  function make(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  // weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=… sends its content; every other href opens.
  // With a page of the mini-program it opens that, where the phone can.
  function link(href, label, page, phone) {
    const node = make("a", "", label);
    node.href = "#";
    node.dataset.testid = "chat-link";
    node.onclick = (event) => {
      event.preventDefault();
      if (page) return phone.program({ path: page, scene: SCENES.link }, href);
      if (!href.startsWith("weixin://bizmsgmenu")) return phone.open(href);
      const query = new URLSearchParams(href.split("?")[1] || "");
      phone.send(query.get("msgmenucontent") || label, query.get("msgmenuid") || "0");
    };
    return node;
  }

  function text(content, phone, mine) {
    const box = document.createDocumentFragment();
    let done = 0;
    for (const found of mine ? [] : content.matchAll(LINK)) {
      box.append(content.slice(done, found.index));
      const href = (found[2] || found[0]).replaceAll("&amp;", "&");
      const page = found[2] && (found[0].match(PAGE) || [])[2];
      box.append(link(href, found[3] || found[0], (page || "").replaceAll("&amp;", "&"), phone));
      done = found.index + found[0].length;
    }
    box.append(content.slice(done));
    return box;
  }

  function bubble(entry, phone) {
    const row = make("div", `msg ${entry.side}`);
    const face = make("span", `avatar ${entry.side === "me" ? "me" : "oa"}`,
      (entry.side === "me" ? phone.name : phone.brand).slice(0, 1));
    const body = make("div", "bubble");
    body.append(text(entry.text || "", phone, entry.side === "me"));
    if (entry.items) {
      const taps = make("div", "taps");
      for (const item of entry.items) {
        const tap = make("button", "tap", item.content);
        tap.dataset.testid = "menu-item";
        tap.onclick = () => phone.send(item.content, item.id);
        taps.append(tap);
      }
      body.append(taps);
      if (entry.tail) body.append(make("div", "tail", entry.tail));
    }
    row.append(face, body);
    if (entry.failed) row.append(make("span", "warn", "!"));
    return [row, body];
  }

  function card(entry, phone) {
    const box = make("button", "card");
    if (entry.from_name) box.append(make("div", "from", entry.from_name));
    box.append(make("b", "", entry.title));
    const rows = make("dl");
    for (const [label, value] of entry.rows) rows.append(make("dt", "", label), make("dd", "", value));
    box.append(rows);
    if (entry.url || entry.page) box.append(make("div", "more", entry.page ? "进入小程序查看" : "详情"));
    box.onclick = () => {
      if (entry.page) phone.program({ path: entry.page, scene: entry.chat === "oa" ? SCENES.template : SCENES.notice }, entry.url);
      else if (entry.url) phone.open(entry.url);
    };
    return [box, box];
  }

  // 小程序卡片, from the account or from a friend.
  function program(entry, phone) {
    const [row, body] = bubble({ ...entry, text: "" }, phone);
    const card = make("button", "mini");
    card.append(make("small", "", phone.brand), make("b", "", entry.title), make("span", "cover", phone.brand), make("small", "foot", "小程序"));
    card.onclick = () => phone.program({ path: entry.page, scene: entry.chat === "oa" ? SCENES.card : SCENES.friend });
    if (entry.chat === "friends") row.firstChild.textContent = entry.from_name.slice(0, 1);
    body.replaceChildren(...(entry.chat === "friends" ? [make("small", "who", `${entry.from_name} 转发`)] : []), card);
    return [row, card];
  }

  function news(entry, phone) {
    const box = make("div", "card news");
    for (const item of entry.items) {
      const line = make("button", "", item.title);
      line.append(make("small", "", item.description));
      line.onclick = () => item.url && phone.open(item.url);
      box.append(line);
    }
    return [box, box];
  }

  function entry(item, phone) {
    let outer, inner;
    if (item.kind === "card") [outer, inner] = card(item, phone);
    else if (item.kind === "program") [outer, inner] = program(item, phone);
    else if (item.kind === "news") [outer, inner] = news(item, phone);
    else if (item.side === "system") outer = inner = make("div", "note", item.text);
    else [outer, inner] = bubble(item, phone);
    inner.dataset.testid = "bubble";
    inner.dataset.side = item.side;
    inner.dataset.kind = item.kind;
    inner.dataset.id = item.id;
    return outer;
  }

  // What the chat list and the banner say about an entry.
  function summary(item) {
    if (item.kind === "card") return `[${item.title}] ${item.rows.map((row) => row[1]).join(" ")}`;
    if (item.kind === "news") return item.items[0].title;
    if (item.kind === "program") return `[小程序] ${item.title}`;
    return (item.text || "").replace(/<[^>]+>/g, "").replace(/\s+/g, " ");
  }

  function when(seconds) {
    return new Date(seconds * 1000).toLocaleString("zh-CN",
      { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  }

  function hour(seconds) {
    return new Date(seconds * 1000).toLocaleTimeString("zh-CN",
      { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
  }

  return { entry, summary, when, hour, make };
})();
