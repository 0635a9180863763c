// The owner's page: asks for its sections with the session secret, redraws
// those that changed, and sends the forms. No data is in the page itself.
"use strict";
(() => {
  const header = "X-Codabridge-Session", store = "codabridge-session";
  const byId = (id) => document.getElementById(id);
  let version = "", latest = [], codeFromLink = "", cameByLink = false, toApprove = false;

  const secret = () => localStorage.getItem(store) || "";
  const call = (path, options = {}) =>
    fetch(path, { ...options, cache: "no-store", headers: { [header]: secret() } });
  const post = (path, data) => call(path, { method: "POST", body: new URLSearchParams(data) });

  function lock(why) {
    byId("view").replaceChildren();
    version = "";
    latest = [];
    if (why) byId("locked-why").textContent = why;
    byId("locked-code").hidden = !cameByLink;
    byId("locked-code").textContent = "To approve a sign-in that you started: open this page from the icon, then press the button in your sign-in tab again, or enter the code that it shows.";
    byId("locked").hidden = false;
  }

  async function unlock(key) {
    const answer = await post("/session", { key });
    const body = await answer.json();
    byId("refused").hidden = answer.ok;
    if (answer.ok) localStorage.setItem(store, body.session);
    else byId("refused").textContent = body.error_description;
  }

  // A section in which the owner is at work stays as it is until they leave it.
  const busy = (el) => [...el.querySelectorAll("input:not([type=hidden]):not([readonly])")]
    .some((i) => i.value !== i.defaultValue || i.checked !== i.defaultChecked || i === document.activeElement) || el.querySelector("[data-open]");

  function draw(sections) {
    latest = sections;
    for (const { id, html } of sections) {
      let el = byId("s-" + id);
      if (!el) {
        el = document.createElement("div");
        el.id = "s-" + id;
        byId("view").append(el);
      }
      if (el.dataset.html === html || (busy(el) && el.dataset.html)) continue;
      el.dataset.html = html;
      const open = [...el.querySelectorAll("details")].map((d) => d.open);
      el.innerHTML = html;
      if (open.length) el.querySelectorAll("details").forEach((d, i) => { d.open = open[i]; });
    }
    useCode();
  }

  // Anybody can make a link with a code in it. It counts only in the browser
  // that shows this code in its sign-in tab: the door where that tab is looks
  // for its cookie and sends the browser back.
  async function arrive(code) {
    cameByLink = true;
    if (!secret()) return;
    const answer = await post("/approve/arrive", { code }), body = await answer.json();
    if (answer.ok) location.replace(body.link);
    else if (answer.status !== 401) { toApprove = true; tell(body.error_description); }
  }

  async function arrived(name) {
    const answer = await post("/approve/arrived", { for: name }), body = await answer.json();
    if (answer.ok) { codeFromLink = body.code; return; }
    toApprove = true;
    if (answer.status !== 401) tell(body.error_description);
  }

  // Such a code is then looked up as if it had been typed.
  function useCode() {
    const entry = byId("code-entry");
    if (toApprove && entry) {
      toApprove = false;
      entry.focus();
    }
    if (!codeFromLink || !entry) return;
    entry.value = codeFromLink;
    codeFromLink = "";
    entry.form.requestSubmit();
  }

  // What a link brings stands in its fragment: a one-time key, a code.
  async function readLink() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    if (location.hash) history.replaceState(null, "", location.pathname);
    toApprove = fragment.get("page") === "approve";
    if (fragment.get("key")) await unlock(fragment.get("key")).catch(() => {});
    if (fragment.get("approve")) await arrive(fragment.get("approve")).catch(() => {});
    if (fragment.get("arrived")) await arrived(fragment.get("arrived")).catch(() => {});
    // The page of an unknown app led here: put that app on the list.
    if (fragment.get("knock")) await post("/knock/bring", { knock: fragment.get("knock") }).catch(() => {});
    useCode();
  }

  async function watch() {
    for (;;) {
      try {
        const answer = await call("/view?after=" + encodeURIComponent(version));
        byId("gone").hidden = true;
        if (answer.status === 401) { lock(); await pause(3000); continue; }
        if (!answer.ok) { await pause(2000); continue; }
        byId("locked").hidden = true;
        const body = await answer.json();
        version = body.version;
        draw(body.sections);
      } catch {
        byId("gone").hidden = !secret();
        await pause(1500);
      }
    }
  }
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  function decide(code, r) {
    byId("decide-host").textContent = r.redirect_host;
    byId("decide-client").textContent = r.self_named ? "calls itself “" + r.client + "”" : r.client;
    byId("decide-address").textContent = r.address;
    byId("decide-scopes").textContent = r.scopes.includes("coda.write") ? "reading and writing" : "reading";
    byId("allow-write").hidden = !r.scopes.includes("coda.write");
    for (const i of byId("decide").querySelectorAll("input[name=code]")) i.value = code;
    byId("decide-code").textContent = code.toUpperCase();
    byId("decide").hidden = false;
    byId("decide").dataset.open = "yes";
    byId("decided").textContent = "";
    byId("decide").focus(); // on no button: a page that brought the owner here may count on their next key
    settle([...byId("decide").querySelectorAll("button")]);
  }

  // The buttons of a decision work only after the owner has had the page before
  // them for a while, so that a click or key meant for another page is no yes.
  async function settle(buttons) {
    for (const b of buttons) b.disabled = true;
    for (let quiet = 0; quiet < 8; quiet = document.hasFocus() && !document.hidden ? quiet + 1 : 0) await pause(125);
    for (const b of buttons) b.disabled = false;
  }

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

  // What was done is told at the foot of the page, since the section that did it
  // may be drawn anew at once.
  let silence = 0;
  function tell(text) {
    clearTimeout(silence);
    byId("said").textContent = text || "";
    byId("said").hidden = !text;
    silence = setTimeout(() => { byId("said").hidden = true; }, 8000);
  }

  async function send(form) {
    if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
    const button = form.querySelector("button"), out = form.querySelector("output"), card = form.closest("#decide");
    const say = (text, bad) => {
      const place = out || (card ? byId("decided") : null);
      if (place) { place.textContent = text; place.className = bad ? "problem" : "muted"; }
      else if (bad) alert(text);
    };
    const data = new FormData(form);
    button.disabled = true;
    say("…");
    try {
      const answer = await post(form.dataset.post, data), body = await answer.json();
      if (!answer.ok) { say(body.error_description, true); return; }
      if (form.dataset.then === "decide") { say(""); decide(data.get("code"), body); return; }
      if (form.dataset.then === "doctor") { say(""); showFindings(body.findings); return; }
      say("");
      tell(body.message);
      if (card) {
        card.hidden = true;
        delete card.dataset.open;
        byId("code-entry").value = "";
      } else form.reset();
      // Enter leaves the cursor in the field, where it would hold the section.
      if (form.contains(document.activeElement)) document.activeElement.blur();
    } catch {
      say("codabridge does not answer.", true);
    } finally {
      button.disabled = false;
      version = "";
      draw(latest);
    }
  }

  document.addEventListener("submit", (e) => {
    if (!e.target.dataset.post) return;
    e.preventDefault();
    send(e.target);
  });

  // A section that was left is drawn as it should look by now, but not between
  // leaving a field and pressing the button beside it.
  document.addEventListener("focusout", () => setTimeout(() => draw(latest), 500));

  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    const input = byId(button.dataset.copy);
    try { await navigator.clipboard.writeText(input.value); }
    catch { input.select(); document.execCommand("copy"); }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  });

  addEventListener("hashchange", readLink);
  readLink().then(watch);
})();
