// Connections: the secret of a key or a client that was just made, and the choice
// of the docs that a connection may see.
"use strict";
(() => {
  const { el, ask, folded, tell, then, clocks, busy, held } = window.codabridge, byId = (id) => document.getElementById(id);

  // A new secret stands outside of what is drawn anew, until the owner has it.
  function showSecret(made) {
    const secret = made.key || made.secret || "";
    byId("made-what").textContent = made.key ? "Your new access key" : "The client's new secret";
    byId("made-for").textContent = made.key ? made.name : "Client id: " + made.id;
    byId("made-key").textContent = secret;
    byId("made").hidden = !secret;
    if (secret) byId("made-key").focus();
  }

  then.key = showSecret;
  document.addEventListener("click", (e) => { if (e.target.id === "made-done") showSecret({}); });
  document.addEventListener("codabridge-locked", () => showSecret({}));

  // Connections beyond those that are drawn are found by name, and are drawn anew
  // with the others.
  let found = "";
  function drawFound(body) {
    byId("connections-found").innerHTML = body.html;
    clocks(byId("connections-found"));
  }
  document.addEventListener("codabridge-section", async (e) => {
    const place = byId("connections-found");
    if (e.detail !== "connections" || !found || !place) return;
    const body = await ask("/connections/find", { name: found });
    if (busy(place)) return;
    const hold = held(place);
    drawFound(body);
    hold();
  });
  then.connections = (body, data) => {
    found = data.get("name");
    drawFound(body);
    tell(body.found === body.shown ? body.found + " found." : "Shown are " + body.shown + " of " + body.found + ". Write more of the name.");
    return false;
  };

  // The picker of docs. An account may have thousands, so it draws the first that
  // the name leaves, and more when they are wanted.
  const dialog = byId("docs"), list = byId("docs-list"), filter = byId("docs-filter"), said = byId("docs-said");
  const few = byId("docs-few"), all = byId("docs-all"), more = byId("docs-more"), part = 100;
  let save = async () => {}, turns = 0, docs = [], left = [], chosen = new Set();

  function count() {
    const n = chosen.size, total = docs.length.toLocaleString("en"), of = filter.value || list.children.length < left.length ?
      list.children.length.toLocaleString("en") + " of " + total + " docs shown" : total + " docs";
    byId("docs-count").textContent = few.checked ? n.toLocaleString("en") + " chosen, " + of : of;
  }
  // Draws what the name leaves from its beginning.
  function narrow() {
    const want = folded(filter.value).split(/\s+/).filter(Boolean), id = filter.value.trim();
    left = docs.filter((d) => d.id === id || want.every((w) => d.folded.includes(w)));
    list.replaceChildren();
    draw();
  }
  function draw() {
    const from = list.children.length;
    list.append(...left.slice(from, from + part).map(row));
    more.hidden = list.children.length >= left.length;
    count();
    return list.children[from];
  }
  function row(doc) {
    const label = el("label", "", "choice"), box = el("input");
    box.type = "checkbox";
    box.value = doc.id;
    box.checked = chosen.has(doc.id);
    label.append(box, " ", el("bdi", doc.name || doc.id));
    return label;
  }

  // Offers these docs, the chosen first. Whoever is at one of them stays there.
  function offer(found, before) {
    const by = new Intl.Collator().compare, there = new Set(found.map((d) => d.id)), at = list.contains(document.activeElement) ? document.activeElement.value : "";
    const gone = before.filter((id) => !there.has(id)).map((id) => ({ id, name: id + " (not there any more)" }));
    docs = [...gone, ...found.sort((a, b) => chosen.has(b.id) - chosen.has(a.id) || by(a.name, b.name))];
    for (const d of docs) d.folded = folded(d.name);
    narrow();
    if (at) [...list.querySelectorAll("input")].find((i) => i.value === at)?.focus();
  }

  // Asks which docs there are and lets the owner choose; then what was chosen is
  // given on: none means all.
  async function pick(name, now, then) {
    const turn = ++turns;
    save = then;
    byId("docs-title").textContent = "Docs for " + name;
    docs = left = [];
    chosen = new Set(now);
    list.replaceChildren();
    filter.value = "";
    more.hidden = true;
    said.textContent = "Asking Coda for your docs…";
    said.className = "muted";
    (now.length ? few : all).checked = true;
    count();
    dialog.showModal();
    try {
      for (const known of [true, false]) {
        const answer = await ask("/allow/choice", { known });
        if (turn !== turns || !dialog.open) return;
        if (known && !answer.docs.length) continue;
        offer(answer.docs, known ? [] : now);
        said.textContent = known ? "Asking Coda for docs that are new…" : docs.length ? "" : "There is no doc to choose from.";
      }
    } catch (e) {
      said.textContent = e.message;
      said.className = "problem";
    }
  }

  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-docs]");
    if (!button) return;
    const ids = (text) => text.split(/[\s,]+/).filter(Boolean), into = byId(button.dataset.into || "");
    if (into) {
      pick(button.dataset.docs, ids(into.value), async (docs) => { into.value = docs.join(", "); into.focus(); });
      return;
    }
    pick(button.dataset.name, ids(button.dataset.chosen), async (docs) => {
      const form = new URLSearchParams({ connection: button.dataset.docs, all: docs.length === 0 });
      for (const id of docs) form.append("docs", id);
      tell((await ask("/allow/docs", form)).message);
    });
  });
  list.addEventListener("change", (e) => {
    if (e.target.checked) chosen.add(e.target.value);
    else chosen.delete(e.target.value);
    few.checked = true;
    count();
  });
  for (const radio of [few, all]) radio.addEventListener("change", count);
  filter.addEventListener("input", narrow);
  more.addEventListener("click", () => draw().querySelector("input").focus());
  byId("docs-cancel").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (e) => {
    e.preventDefault();
    if (document.activeElement === filter) { // Enter there chooses the only doc that is left, and saves nothing
      if (left.length === 1) list.querySelector("input").click();
      return;
    }
    if (few.checked && !chosen.size) {
      said.textContent = "Choose at least one doc, or all docs.";
      said.className = "problem";
      return;
    }
    const button = byId("docs-save");
    button.disabled = true;
    try {
      await save(few.checked ? [...chosen] : []);
      dialog.close();
    } catch (err) {
      said.textContent = err.message;
      said.className = "problem";
    } finally {
      button.disabled = false;
    }
  });
  document.addEventListener("codabridge-locked", () => { dialog.close(); list.replaceChildren(); docs = left = []; });
})();
