// The changes that wait for the owner: each as the list of changes shows one,
// before it is made, with what the owner can say to it.
"use strict";
(() => {
  const { el, when, link, ask, partsOf, tell } = window.codabridge, byId = (id) => document.getElementById(id);
  const card = byId("pending-card"), list = byId("pending-list");
  // How long a yes lasts, and what it says.
  const lasting = [["10m", "for 10 minutes"], ["30m", "for 30 minutes"], ["1h", "for 60 minutes"], ["today", "until midnight"], ["always", "from now on"]];
  let drawn = "", turns = 0, quiet = 0; // when the list last moved under the hand

  const minutes = (ms) => ms < 60000 ? "less than a minute" : ms < 120000 ? "1 minute" : Math.floor(ms / 60000) + " minutes";
  function timeLeft() {
    for (const place of list.querySelectorAll("[data-ends]")) {
      const left = new Date(place.dataset.ends) - Date.now();
      place.textContent = left > 0 ? "waits " + minutes(left) + " more" : "its time is over";
    }
  }

  // A press counts only when its button has stood there for a while, before the
  // owner's eyes: it may have been meant for what was there before.
  const seen = () => document.hasFocus() && !document.hidden && Date.now() - quiet > 1000;
  function moved() {
    quiet = Date.now();
    for (const b of list.querySelectorAll("button")) b.setAttribute("aria-disabled", "true");
    setTimeout(() => { for (const b of list.querySelectorAll("button")) if (seen()) b.removeAttribute("aria-disabled"); }, 1050);
  }
  addEventListener("focus", moved);
  document.addEventListener("codabridge-view", moved);

  async function answer(item, fields) {
    if (!seen() || item.dataset.busy) return;
    item.dataset.busy = "yes";
    const out = item.querySelector("output");
    out.textContent = "…";
    try {
      const { message } = await ask("/changes/answer", { id: item.dataset.id, for: "", word: "", ...fields });
      leave(item, message);
      tell(message);
    } catch (e) {
      out.textContent = e.message;
      out.className = "problem";
      await load();
    } finally {
      delete item.dataset.busy;
    }
  }

  // Takes one off the list. Whoever was at it goes on at the next, or the heading.
  function leave(item, why) {
    const inside = item.contains(document.activeElement), next = item.nextElementSibling || item.previousElementSibling;
    item.remove();
    byId("pending-said").textContent = why;
    card.hidden = !list.children.length && !why;
    byId("pending-none").hidden = list.children.length > 0;
    moved();
    if (inside) (next || byId("pending-title")).focus();
  }

  const press = (text, label, act, className) => {
    const b = el("button", text, className);
    b.type = "button";
    b.setAttribute("aria-label", text + ": " + label);
    b.addEventListener("click", act);
    return b;
  };

  // Says why a yes would do nothing just now.
  function held(place, p) {
    place.textContent = p.held ? "A yes is not taken just now: " + p.held : "";
    place.hidden = !p.held;
    return place;
  }

  function show(p) {
    const item = el("li", "", "pending"), title = el("h3"), facts = el("p", "", "muted"), more = el("details");
    item.dataset.id = p.id;
    item.id = "pending-" + p.id;
    item.tabIndex = -1;
    title.append(el("span", "If you say yes: ", "muted"), el("bdi", p.sentence));
    facts.append(el("bdi", p.client), " asked at ", when(p.time), " with ", el("code", p.tool));
    if (p.link || p.document_name) facts.append(" · ", link(p.link, p.document_name || "open in Coda"));
    if (p.ends) {
      const left = el("span");
      left.dataset.ends = p.ends;
      facts.append(" · ", left);
    }
    const exact = el("pre", JSON.stringify(p.arguments, null, 2));
    exact.tabIndex = 0;
    exact.setAttribute("role", "group");
    exact.setAttribute("aria-label", "Exact arguments");
    more.append(el("summary", "Exact arguments"), exact);
    item.append(title, facts);
    if (p.why) item.append(el("p", p.why + (/[.!?]$/.test(p.why) ? "" : "."), "muted why"));
    if (p.former) item.append(el("p", "Since you were asked, another has changed what this would replace. How it is now stands below.", "warning"));
    item.append(held(el("p", "", "held problem"), p));
    item.append(partsOf(p.parts), more, choices(item, p), el("output"));
    return item;
  }

  function choices(item, p) {
    const box = el("div", "", "answers"), yes = el("div", "", "row"), no = el("form", "", "row");
    const how = el("select"), word = el("input");
    how.setAttribute("aria-label", "How long " + p.client + " may then write without asking");
    for (const [value, text] of lasting) how.append(new Option(text, value));
    yes.append(press("Yes, once", p.sentence, () => answer(item, { yes: true }), "primary"),
      press("Yes, and let it write", p.sentence, () => answer(item, { yes: true, for: how.value })), how);
    word.type = "text";
    word.maxLength = 300;
    word.placeholder = "A word to the assistant, if you like";
    word.setAttribute("aria-label", "A word to the assistant with your no");
    const refuse = press("No", p.sentence, () => {}, "danger");
    refuse.type = "submit";
    no.append(refuse, word);
    no.addEventListener("submit", (e) => { e.preventDefault(); answer(item, { yes: false, word: word.value }); });
    box.append(yes, no);
    return box;
  }

  // Draws those that are new and takes off those that are gone; the others stay,
  // with what the owner has typed.
  async function load() {
    const turn = ++turns, { pending } = await ask("/changes/pending");
    if (turn !== turns) return;
    const here = new Map([...list.children].map((li) => [li.dataset.id, li]));
    if (pending.length && !here.size) byId("pending-said").textContent = "";
    for (const p of pending) {
      if (here.has(p.id)) {
        held(here.get(p.id).querySelector(".held"), p);
        here.delete(p.id);
      } else { list.append(show(p)); moved(); }
    }
    for (const item of here.values())
      if (!item.dataset.busy) leave(item, "“" + item.querySelector("h3 bdi").textContent + "” was answered elsewhere, needs no yes any more, or its time is over.");
    card.hidden = !list.children.length && !byId("pending-said").textContent;
    byId("pending-none").hidden = list.children.length > 0;
    timeLeft();
  }

  // The state of the page tells when something waits, or was answered elsewhere.
  document.addEventListener("codabridge-drawn", async () => {
    const state = byId("changes-state"), now = state ? state.dataset.version + " " + state.dataset.waiting : "";
    if (!state || now === drawn || (state.dataset.waiting === "0" && !list.children.length)) { drawn = now; return; }
    drawn = now;
    try { await load(); } catch (e) { byId("pending-said").textContent = e.message; }
  });
  setInterval(timeLeft, 15000);
  document.addEventListener("codabridge-locked", () => {
    drawn = "";
    card.hidden = true;
    list.replaceChildren();
    byId("pending-said").textContent = "";
  });
})();
