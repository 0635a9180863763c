// What several views draw with: elements whose texts are texts, the difference
// between before and after, and buttons that wait until they have been seen.
// What comes from outside is put in as text only.
"use strict";
(() => {
  const { post, plain, clock } = window.codabridge;
  const el = (tag, text, className) => {
    const e = document.createElement(tag);
    if (text) e.textContent = plain(String(text));
    if (className) e.className = className;
    return e;
  };
  const button = (text, label, act, className) => {
    const b = el("button", text, className);
    b.type = "button";
    if (label) b.setAttribute("aria-label", label);
    b.addEventListener("click", async () => {
      if (b.hasAttribute("aria-disabled")) return;
      b.setAttribute("aria-disabled", "true"); // disabled, it would lose the keyboard
      try { await act(b); } finally { b.removeAttribute("aria-disabled"); }
    });
    return b;
  };
  // When something was, as the sections of the page say it.
  function when(moment) {
    const t = el("time");
    t.dateTime = moment;
    t.dataset.clock = "";
    return clock(t);
  }
  // A link of Coda's, or the bare text where it is none.
  function link(address, text) {
    if (!address || !address.startsWith("https://")) return el("bdi", text);
    const a = el("a");
    a.append(el("bdi", text));
    a.href = address;
    a.target = "_blank";
    a.rel = "noreferrer";
    return a;
  }
  async function ask(path, data) {
    const answer = await post(path, data || {});
    if (!answer.ok) throw new Error(answer.body.error_description);
    return answer.body;
  }

  // Word by word: what only the one text has, and what only the other.
  function words(before, after) {
    const a = before.split(/(\s+)/), b = after.split(/(\s+)/);
    if (a.length * b.length > 250000) return [["del", before], ["ins", after]];
    const len = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--)
      for (let k = b.length - 1; k >= 0; k--)
        len[i][k] = a[i] === b[k] ? len[i + 1][k + 1] + 1 : Math.max(len[i + 1][k], len[i][k + 1]);
    const out = [];
    const add = (kind, text) => {
      if (out.length && out[out.length - 1][0] === kind) out[out.length - 1][1] += text;
      else out.push([kind, text]);
    };
    let i = 0, k = 0;
    while (i < a.length || k < b.length) {
      if (i < a.length && k < b.length && a[i] === b[k]) { add("span", a[i]); i++; k++; }
      else if (k >= b.length || (i < a.length && len[i + 1][k] >= len[i][k + 1])) add("del", a[i++]);
      else add("ins", b[k++]);
    }
    // Texts with little in common are read better one after the other.
    const size = (text) => text.replace(/\s/g, "").length, same = out.reduce((sum, [kind, t]) => sum + (kind === "span" ? size(t) : 0), 0);
    return same * 3 < Math.min(size(before), size(after)) ? [["del", before], ["ins", after]] : out;
  }

  // The things of a change, each with its difference; now where it is another by
  // now.
  function partsOf(parts) {
    const list = el("dl", "", "facts parts");
    for (const p of parts || []) {
      const text = el("dd");
      text.dir = "auto";
      for (const [kind, t] of words(p.before || "", p.after || "")) if (t) text.append(el(kind, t));
      if (p.changed) text.append(el("div", "now: " + (p.now || "empty"), "warning"));
      if (p.back) text.append(el("div", "as before", "muted"));
      const name = el("dt");
      name.append(el("bdi", p.name));
      list.append(name, text);
    }
    return list;
  }

  // A name as it is sought: in any letters, with and without their marks.
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  Object.assign(window.codabridge, { el, when, button, link, ask, partsOf, folded });
})();
