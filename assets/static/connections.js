// Connections: the secret of a key or a client that was just made, and the choice
// of the docs that a connection may see.
"use strict";
(() => {
  const { el, ask, tell, then } = window.codabridge, byId = (id) => document.getElementById(id);

  // A new secret stands outside of what is drawn anew, until the owner has it.
  function showSecret(made) {
    const secret = made.key || made.secret || "";
    byId("made-what").textContent = made.key ? "Your new access key" : "The client's new secret";
    byId("made-for").textContent = made.key ? made.name : "Client id: " + made.id;
    byId("made-key").value = secret;
    byId("made").hidden = !secret;
    if (secret) byId("made-key").focus();
  }

  then.key = showSecret;
  document.addEventListener("click", (e) => { if (e.target.id === "made-done") showSecret({}); });
  document.addEventListener("codabridge-locked", () => showSecret({}));

  // The picker of docs.
  const dialog = byId("docs"), list = byId("docs-list"), filter = byId("docs-filter"), said = byId("docs-said");
  const few = byId("docs-few"), all = byId("docs-all");
  let save = async () => {}, turns = 0;
  const boxes = () => [...list.querySelectorAll("input")], chosen = () => boxes().filter((b) => b.checked).map((b) => b.value);

  function count() {
    const shown = boxes().filter((b) => !b.parentElement.hidden).length, n = chosen().length;
    const of = filter.value ? shown + " of " + boxes().length + " docs shown" : boxes().length + " docs";
    byId("docs-count").textContent = few.checked ? n + " chosen, " + of : of;
  }
  function narrow() {
    const want = filter.value.trim().toLowerCase();
    for (const b of boxes()) b.parentElement.hidden = Boolean(want) && !b.dataset.name.includes(want) && b.value.toLowerCase() !== want;
    count();
  }
  function row(doc, on) {
    const label = el("label", "", "choice"), box = el("input");
    box.type = "checkbox";
    box.value = doc.id;
    box.checked = on;
    box.dataset.name = doc.name.toLowerCase();
    label.append(box, " ", el("bdi", doc.name || doc.id));
    return label;
  }

  // Asks which docs there are and lets the owner choose; then what was chosen is
  // given on: none means all.
  async function pick(name, now, then) {
    const turn = ++turns;
    save = then;
    byId("docs-title").textContent = "Docs for " + name;
    list.replaceChildren();
    filter.value = "";
    said.textContent = "Asking Coda for your docs…";
    said.className = "muted";
    (now.length ? few : all).checked = true;
    count();
    dialog.showModal();
    try {
      const { docs } = await ask("/allow/choice");
      if (turn !== turns || !dialog.open) return;
      docs.sort((a, b) => a.name.localeCompare(b.name));
      const gone = now.filter((id) => !docs.some((d) => d.id === id)).map((id) => ({ id, name: id + " (not there any more)" }));
      list.replaceChildren(...[...gone, ...docs].map((d) => row(d, now.includes(d.id))));
      said.textContent = docs.length ? "" : "There is no doc to choose from.";
      count();
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
  list.addEventListener("change", () => { few.checked = true; count(); });
  for (const radio of [few, all]) radio.addEventListener("change", count);
  filter.addEventListener("input", narrow);
  byId("docs-cancel").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (e) => {
    e.preventDefault();
    if (document.activeElement === filter) { // Enter there chooses the only doc that is left, and saves nothing
      const left = boxes().filter((b) => !b.parentElement.hidden);
      if (left.length === 1) left[0].click();
      return;
    }
    const docs = few.checked ? chosen() : [];
    if (few.checked && !docs.length) {
      said.textContent = "Choose at least one doc, or all docs.";
      said.className = "problem";
      return;
    }
    const button = byId("docs-save");
    button.disabled = true;
    try {
      await save(docs);
      dialog.close();
    } catch (err) {
      said.textContent = err.message;
      said.className = "problem";
    } finally {
      button.disabled = false;
    }
  });
  document.addEventListener("codabridge-locked", () => { dialog.close(); list.replaceChildren(); });
})();
