// The list of the parts of the owner's page. Each part has an address of its
// own, which a reload and the browser's back come to.
"use strict";
(() => {
  const nav = document.getElementById("nav"), links = [...nav.querySelectorAll("a")];
  const part = (link) => document.getElementById(link.dataset.to);
  const stands = (el) => Boolean(el && !el.hidden && el.querySelector("section, h2"));
  let wanted = ""; // the part that the address names, until it is there

  function go(hash, focus) {
    const link = links.find((l) => l.getAttribute("href") === hash), el = link && part(link);
    if (!stands(el)) { wanted = hash; return; }
    wanted = "";
    for (const l of links) {
      if (l === link) l.setAttribute("aria-current", "true");
      else l.removeAttribute("aria-current");
    }
    el.scrollIntoView();
    // Whoever came by the keyboard goes on from there.
    if (focus) { el.tabIndex = -1; el.focus({ preventScroll: true }); }
  }

  nav.addEventListener("click", (e) => {
    const link = e.target.closest("a");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    const hash = link.getAttribute("href");
    if (location.hash !== hash) history.pushState(null, "", hash);
    go(hash, true);
  });
  addEventListener("popstate", () => go(location.hash || "#home"));
  function show() {
    nav.hidden = !document.getElementById("view").firstChild;
    for (const l of links) l.parentElement.hidden = !stands(part(l));
    if (wanted) go(wanted);
  }
  document.addEventListener("codabridge-drawn", show);
  // The list of changes comes after the rest.
  new MutationObserver(show).observe(document.getElementById("changes"), { attributeFilter: ["hidden"] });
  document.addEventListener("codabridge-locked", () => { nav.hidden = true; });
  if (links.some((l) => l.getAttribute("href") === location.hash)) wanted = location.hash;
})();
