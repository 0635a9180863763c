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

  // What needs the owner stands first, in the order in which it is best mended.
  function show(list) {
    const done = list.filter((f) => f.status !== "skipped"), bad = done.filter((f) => f.status !== "ok");
    byId("findings-sum").textContent = !bad.length ? "All is well: " + done.length + " checks." :
      bad.length + " of " + done.length + " checks need" + (bad.length === 1 ? "s" : "") + " you. Begin with the first.";
    byId("findings").replaceChildren(...[...bad, ...done.filter((f) => f.status === "ok")].map((f) => {
      const item = el("li"), line = el("div", "", { failed: "problem", warning: "warning" }[f.status] || "ok");
      line.append(el("span", f.status, "badge" + (f.status === "failed" ? " bad" : "")), " ", el("strong", f.name), " ", el("span", f.means));
      if (f.next) line.append(el("div", "Next: " + f.next));
      item.append(line);
      return item;
    }));
  }

  window.codabridge.then.doctor = (body) => { show(body.findings); return false; };
})();
