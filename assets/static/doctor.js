// Doctor: what an examination has found.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // What the doctor found: the first line that is not ok is the place to begin.
  function showFindings(list) {
    byId("findings").replaceChildren(...list.filter((f) => f.status !== "skipped").map((f) => {
      const item = document.createElement("li"), line = document.createElement("div");
      const mark = document.createElement("span"), name = document.createElement("strong");
      line.className = f.status === "failed" ? "problem" : f.status === "warning" ? "warning" : "";
      mark.className = "badge";
      mark.textContent = f.status;
      name.textContent = f.name;
      line.append(mark, " ", name, " ", f.means);
      if (f.next) {
        const next = document.createElement("div");
        next.textContent = "Next: " + f.next;
        line.append(next);
      }
      item.append(line);
      return item;
    }));
  }

  window.codabridge.then.doctor = (body) => { showFindings(body.findings); return false; };
})();
