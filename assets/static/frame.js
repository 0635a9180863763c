// The frame of the owner's page: one view at a time, each with an address of its
// own ("/#changes"), which a reload, the browser's back and a link come to. The
// scripts of the views come after this one and owner.js, and find all that they
// need in window.codabridge; CONTRIBUTING.md tells how they hear of what happens.
"use strict";
window.codabridge = (() => {
  const byId = (id) => document.getElementById(id);
  const nav = byId("nav"), menu = byId("menu"), links = [...nav.querySelectorAll("a")];
  const nameOf = (link) => link.getAttribute("href").slice(1);
  let at = "", waits = {}, fromLink = false, open = false;

  // What is chosen in a form with data-keep, and how far each view was scrolled,
  // is found again when this tab is loaded anew; nothing else ever sees it.
  const store = "codabridge-kept", kept = read();
  function read() {
    try { return { forms: {}, places: {}, ...JSON.parse(sessionStorage.getItem(store)) }; } catch { return { forms: {}, places: {} }; }
  }
  const keep = () => { try { sessionStorage.setItem(store, JSON.stringify(kept)); } catch { /* then it is not found again */ } };
  function recall(form) {
    for (const [name, value, text] of kept.forms[form.dataset.keep] || []) {
      const field = form.elements[name];
      if (!field) continue;
      if (field.options && ![...field.options].some((o) => o.value === value)) field.append(new Option(text, value));
      field.value = value;
    }
  }
  document.addEventListener("change", (e) => {
    const form = e.target.form;
    if (!form || !form.dataset.keep) return;
    kept.forms[form.dataset.keep] = [...form.elements].filter((f) => f.name).map((f) => [f.name, f.value, f.options?.[f.selectedIndex]?.text ?? ""]);
    keep();
  });

  // The place of a view that was loaded anew comes when there is enough in it,
  // unless the owner has gone elsewhere by then.
  let wanted = performance.getEntriesByType("navigation")[0]?.type === "navigate" ? 0 : -1;
  function settle() {
    if (wanted === -1) wanted = kept.places[at] || 0;
    if (!wanted || document.body.scrollHeight - innerHeight < wanted) return;
    scrollTo(0, wanted);
    wanted = 0;
  }
  history.scrollRestoration = "manual";
  for (const gesture of ["wheel", "keydown", "pointerdown", "touchstart"]) addEventListener(gesture, () => { wanted = 0; }, { passive: true });
  let later = 0;
  addEventListener("scroll", () => {
    if (!open || wanted) return;
    kept.places[at] = scrollY;
    clearTimeout(later);
    later = setTimeout(keep, 200);
  }, { passive: true });
  addEventListener("pagehide", keep);
  document.addEventListener("codabridge-drawn", () => { settle(); setTimeout(settle, 300); });

  function title() {
    const all = Object.values(waits).reduce((sum, n) => sum + n, 0), link = links.find((l) => nameOf(l) === at);
    document.title = (open && all ? "(" + all + ") " : "") + (open && link ? link.children[1].textContent + " · " : "") + "codabridge";
    badge(menu, all);
  }
  function badge(el, n) {
    const count = el.querySelector(".count");
    count.hidden = !n;
    count.textContent = n || "";
    if (n) count.setAttribute("aria-label", n === 1 ? "1 waits for you" : n + " wait for you");
    else count.removeAttribute("aria-label");
    if (n) count.setAttribute("role", "img");
  }
  function unfold(yes) {
    menu.setAttribute("aria-expanded", String(yes));
    nav.classList.toggle("unfolded", yes);
  }

  // Shows one view, the first if there is none of the name, and hides the others;
  // gives the name of the one that is shown. Whoever came by a press goes on at its
  // heading; the browser's back finds the place where the view was left.
  function show(name, moved) {
    const link = links.find((l) => nameOf(l) === name) || links[0], other = at !== nameOf(link), place = kept.places[nameOf(link)] || 0;
    at = nameOf(link);
    for (const l of links) {
      if (l === link) l.setAttribute("aria-current", "page");
      else l.removeAttribute("aria-current");
      byId("view-" + nameOf(l)).hidden = l !== link;
    }
    unfold(false);
    title();
    if (moved) { scrollTo(0, fromLink ? 0 : place); wanted = 0; }
    if (moved) byId("title-" + at).focus({ preventScroll: true });
    fromLink = false;
    if (other) document.dispatchEvent(new CustomEvent("codabridge-view", { detail: at }));
    return at;
  }

  // What the door says of the page as a whole.
  function said(drawing) {
    waits = drawing.waits;
    open = true;
    document.body.classList.add("open");
    document.body.classList.toggle("unready", !drawing.ready);
    for (const l of links) badge(l, waits[nameOf(l)]);
    for (const el of [nav, menu, byId("view")]) el.hidden = false;
    title();
  }

  document.addEventListener("click", (e) => { if (e.target.closest('a[href^="#"]')) fromLink = true; });
  // A fragment with a "=" brings something, and owner.js reads it.
  addEventListener("hashchange", () => { if (!location.hash.includes("=")) show(location.hash.slice(1), true); });
  menu.addEventListener("click", () => unfold(menu.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || menu.getAttribute("aria-expanded") !== "true") return;
    unfold(false);
    menu.focus();
  });
  document.addEventListener("codabridge-locked", () => {
    open = false;
    document.body.classList.remove("open");
    waits = {};
    Object.assign(kept, { forms: {}, places: {} });
    sessionStorage.removeItem(store);
    for (const el of [nav, menu, byId("view")]) el.hidden = true;
    title();
  });
  show(location.hash.includes("=") ? "" : location.hash.slice(1));
  return { show, said, recall };
})();
