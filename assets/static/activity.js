// The part of the owner's page that shows what assistants did. It asks for the
// record when the door says that more is in it, when the filter changes, and
// never by the clock.
"use strict";
(() => {
  const { call, tell, lost, clocks, recall } = window.codabridge;
  const byId = (id) => document.getElementById(id);
  let paused = false, more = false, asking = false, again = false, later = 0;

  const filter = () => new URLSearchParams([...new FormData(byId("activity-filter"))].filter(([, value]) => value));

  // What can be chosen, with what is chosen kept at its place.
  function choose(name, all) {
    const select = byId("activity-" + name), chosen = select.value;
    const had = [...select.options].slice(1).map((o) => o.value + "\n" + o.text).join("\n\n");
    const wanted = all.map((c) => c.value + "\n" + c.name).join("\n\n");
    if (had === wanted || select === document.activeElement) return;
    const options = all.map((c) => new Option(c.name, c.value));
    if (chosen && !all.some((c) => c.value === chosen)) options.push(select.options[select.selectedIndex]);
    select.replaceChildren(select.options[0], ...options);
    select.value = chosen;
  }

  async function show() {
    if (!byId("activity-filter")) return;
    if (asking) { again = true; return; }
    asking = true;
    try {
      do {
        again = false;
        const query = filter();
        if (more) query.set("more", "true");
        const answer = await call("GET", "/activity?" + query), place = byId("activity-calls");
        if (!place) return;
        if (!answer.ok) { tell(answer.body.error_description); return; }
        for (const name of ["connection", "tool", "doc"]) choose(name, answer.body[name]);
        if (place.dataset.html === answer.body.html) continue;
        const focused = place.contains(document.activeElement);
        place.dataset.html = place.innerHTML = answer.body.html;
        clocks(place);
        if (focused) atCalls();
      } while (again);
    } catch { await lost(); } finally { asking = false; }
  }

  // Whoever was at the calls, or asked for more of them, is at their table.
  function atCalls() {
    const all = document.querySelector("#activity-calls table");
    if (all) all.focus({ preventScroll: true });
  }

  // At most twice a second, however many calls come.
  function news() {
    if (paused || later) return;
    later = setTimeout(() => { later = 0; if (!paused) show(); }, 500);
  }

  async function save(format) {
    const query = filter();
    query.set("format", format);
    try {
      const answer = await call("GET", "/activity/export?" + query);
      if (!answer.ok) { tell(answer.body.error_description); return; }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([answer.body.text], { type: answer.body.type }));
      link.download = answer.body.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      tell("Saved as " + answer.body.name + ".");
    } catch { await lost(); }
  }

  document.addEventListener("change", (e) => {
    if (!e.target.closest("#activity-filter")) return;
    more = false;
    show();
  });
  document.addEventListener("submit", (e) => { if (e.target.id === "activity-filter") e.preventDefault(); });
  document.addEventListener("click", (e) => {
    const button = e.target.closest("button");
    if (!button) return;
    if (button.id === "activity-pause") {
      paused = !paused;
      button.setAttribute("aria-pressed", String(paused));
      button.textContent = paused ? "Go on" : "Pause";
      if (!paused) show();
    }
    if (button.id === "activity-more") { more = true; show().then(atCalls); }
    if (button.dataset.export) save(button.dataset.export);
  });
  document.addEventListener("codabridge-section", (e) => {
    if (e.detail !== "activity" || !byId("activity-filter")) return;
    recall(byId("activity-filter"));
    show();
  });
  document.addEventListener("codabridge-event", (e) => { if (e.detail.name === "activity") news(); });
})();
