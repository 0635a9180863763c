// Doctor: what an examination has found.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  const el = (tag, text, className) => {
    const e = document.createElement(tag);
    e.textContent = text || "";
    e.className = className || "";
    return e;
  };

  function lineOf(f) {
    const item = el("li"), line = el("div", "", { failed: "problem", warning: "warning" }[f.status] || "ok");
    line.append(el("span", f.status, "badge" + (f.status === "failed" ? " bad" : "")), " ", el("strong", f.label), " ", el("span", f.means));
    if (f.next) line.append(el("div", "Next: " + f.next));
    item.append(line);
    return item;
  }

  // What needs the owner stands first, in the order in which it is best mended;
  // what is well is there for whoever wants to see it.
  function show(list) {
    const done = list.filter((f) => f.status !== "skipped"), bad = done.filter((f) => f.status !== "ok"), fine = done.filter((f) => f.status === "ok");
    byId("findings-sum").textContent = !bad.length ? "All is well: " + done.length + " checks." :
      bad.length + " of " + done.length + " checks need" + (bad.length === 1 ? "s" : "") + " you. Begin with the first.";
    byId("findings-sum").className = "below verdict " + (bad.length ? "" : "good");
    byId("findings").replaceChildren(...bad.map(lineOf));
    const rest = byId("findings-fine");
    rest.hidden = !fine.length;
    rest.querySelector("summary").textContent = !bad.length ? "What was checked" : fine.length === 1 ? "1 check found nothing wrong" : fine.length + " checks found nothing wrong";
    rest.querySelector("ul").replaceChildren(...fine.map(lineOf));
  }

  window.codabridge.then.doctor = (body) => { show(body.findings); return false; };
})();
