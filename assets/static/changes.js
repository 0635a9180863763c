// The list of changes on the owner's page: what assistants changed, how it was,
// what was written and how it is, and putting back. What comes from outside is
// put in as text only.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const { el, when, button, link, ask, partsOf, recall, held } = window.codabridge;
  const states = { applied: "done", queued: "on its way", unknown: "outcome unknown", half: "done in part", undone: "put back", failed: "failed" };
  let version = "", last = "", turns = 0;
  // What the owner is at work on stays until they are done.
  const busy = () => byId("changes-list").querySelector(".question, .detail, input:checked");

  const said = (text, bad) => {
    byId("changes-said").textContent = text;
    byId("changes-said").className = bad ? "problem" : "muted";
  };
  const trying = async (work) => {
    try { await work(); } catch (e) { said(e.message, true); }
  };

  // A question stands below its change until it is answered.
  function question(item, result) {
    const box = el("div", "", "warning question");
    box.tabIndex = -1;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Put this back?");
    for (const a of result.question.asks) box.append(el("p", a));
    box.append(partsOf(result.question.parts));
    const row = el("div", "", "row"), answer = (how) => async () => { box.remove(); await putBack([result.id], how); };
    row.append(button("Put back everything", "", answer("all"), "danger"), button("Only what was not changed since", "", answer("rest")),
      button("Leave it", "", async () => box.remove()));
    box.append(row);
    item.querySelectorAll(".question").forEach((q) => q.remove());
    item.append(box);
    box.focus();
  }

  async function putBack(ids, how) {
    await trying(async () => {
      const form = new URLSearchParams({ how: how || "" });
      for (const id of ids) form.append("id", id);
      await results(await ask("/changes/undo", form));
    });
  }

  async function results(body) {
    await load();
    said(body.message);
    for (const r of body.results) {
      const item = byId("change-" + r.id);
      if (!item) continue;
      if (r.question) question(item, r);
      else item.append(el("p", r.sentence, "muted"));
    }
    // Whoever pressed a button that has gone goes on at the change that it was of.
    const first = body.results.length ? byId("change-" + body.results[0].id) : null;
    if (first && !first.querySelector(".question") && document.activeElement.id === "title-changes") first.querySelector("button").focus();
  }

  function show(c) {
    const item = el("li"), line = el("div", "", "row spread"), what = el("div"), label = el("label", "", "choice");
    item.id = "change-" + c.id;
    const canBack = !c.never && ["applied", "queued", "unknown", "half"].includes(c.state);
    if (canBack) {
      const box = el("input");
      box.type = "checkbox";
      box.value = c.id;
      label.append(box, " ");
    }
    label.append(el("strong", c.sentence));
    label.dir = "auto";
    const facts = el("div", "", "muted");
    facts.append(el("bdi", c.client), " · ", when(c.time), " · ");
    if (c.link || c.document_name) facts.append(link(c.link, c.document_name || "open in Coda"), " · ");
    const state = states[c.state] || c.state;
    facts.append(el("span", c.never ? state + ", cannot be put back" : state, "badge" + (c.state === "failed" ? " bad" : "")));
    what.append(label, facts);
    if (c.trouble || c.never) what.append(el("div", c.trouble || c.never, "muted"));
    if (c.undoes) what.append(el("div", "Puts back " + c.undoes, "muted"));
    const row = el("div", "", "row");
    row.append(button("Look", "Look at: " + c.sentence, async (b) => {
      const old = item.querySelector(".detail");
      b.setAttribute("aria-expanded", String(!old));
      if (old) { old.remove(); return; }
      await trying(async () => {
        const { change } = await ask("/changes/show", { id: c.id }), detail = el("div", "", "detail");
        detail.append(partsOf(change.parts));
        for (const n of [...(change.notes || []), ...(change.asks || [])]) detail.append(el("p", n, "muted"));
        item.append(detail);
      });
    }));
    if (canBack) row.append(button("Put back", "Put back: " + c.sentence, () => putBack([c.id], "")));
    line.append(what, row);
    item.append(line);
    return item;
  }

  async function load(further, unasked) {
    const turn = ++turns, form = byId("changes-filter"), filter = new URLSearchParams(new FormData(form));
    filter.set("older", further ? last : "");
    const { changes, more } = await ask("/changes/list", filter), list = byId("changes-list");
    if (turn !== turns || (unasked && busy())) return; // a later one shows more
    const hold = held(list, true);
    if (!further) list.replaceChildren();
    list.append(...changes.map(show));
    hold();
    last = changes.length ? changes[changes.length - 1].id : last;
    byId("changes-more").hidden = !more;
    byId("changes-none").hidden = list.children.length > 0;
    chosen();
    for (const name of ["changes-connection", "changes-who"]) {
      const choice = byId(name);
      for (const c of changes)
        if (c.connection && ![...choice.options].some((o) => o.value === c.connection)) choice.append(new Option(c.client, c.connection));
    }
    byId("changes-all").hidden = !byId("changes-who").options.length;
  }

  // The button for the chosen is there when something is chosen.
  function chosen() {
    const n = byId("changes-list").querySelectorAll("input:checked").length;
    byId("changes-chosen").hidden = !n;
    byId("changes-chosen").textContent = n === 1 ? "Put the chosen one back" : "Put the " + n + " chosen back";
  }
  byId("changes-list").addEventListener("change", chosen);
  recall(byId("changes-filter"));

  byId("changes-filter").addEventListener("submit", (e) => { e.preventDefault(); trying(() => load()); });
  byId("changes-more").addEventListener("click", () => trying(() => load(true)));
  byId("changes-chosen").addEventListener("click", () => {
    const ids = [...byId("changes-list").querySelectorAll("input:checked")].map((i) => i.value);
    if (ids.length) putBack(ids, "");
  });
  byId("changes-since").addEventListener("submit", (e) => {
    e.preventDefault();
    trying(async () => results(await ask("/changes/undo-since", new URLSearchParams(new FormData(e.target)))));
  });
  // The state of the page tells when the record has changed.
  document.addEventListener("codabridge-drawn", () => {
    const state = byId("changes-state");
    byId("changes-card").hidden = !state || state.dataset.enabled !== "true";
    if (!state || state.dataset.version === version || busy() || byId("changes-card").hidden) return;
    version = state.dataset.version;
    trying(() => load(false, true));
  });
  document.addEventListener("codabridge-locked", () => {
    version = "";
    byId("changes-card").hidden = true;
    byId("changes-list").replaceChildren();
    said("");
  });
})();
