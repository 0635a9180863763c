// The owner's page: asks for its sections, redraws those that changed, and sends
// the forms. No data is in the page itself.
//
// The page and the door share a secret that neither sends: the one-time key of
// the link gives them that of a session, kept in localStorage, and each load of
// the page a channel of its own. A request carries a seal that the channel's key
// makes, an answer a proof made the same way. Whatever has no proof is not the
// door's: codabridge has ended, and another program may have its port by now. So
// the page then forgets the secret, shows nothing more and asks nothing more.
"use strict";
(() => {
  const stampHeader = "X-Codabridge-Session", proofHeader = "X-Codabridge-Proof", store = "codabridge-session";
  const byId = (id) => document.getElementById(id), notTheDoor = new Error("somebody else answered");
  let latest = [], cameByLink = false, leaving = false;
  let secret = "", channel = null; // of this load of the page; no channel: it is locked

  const bytes = (text) => new TextEncoder().encode(text);
  const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
  const digest = async (text) => hex(await crypto.subtle.digest("SHA-256", bytes(text)));
  async function seal(key, ...words) {
    const hmac = await crypto.subtle.importKey("raw", bytes(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return hex(await crypto.subtle.sign("HMAC", hmac, bytes(words.join("\n"))));
  }
  // A form may hold a token, so it is closed to whoever has the port by now.
  async function closed(over, number, path, form) {
    if (!form) return "";
    const raw = Uint8Array.from((await seal(over.key, "body")).match(/../g), (b) => parseInt(b, 16)), iv = new Uint8Array(12);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
    new DataView(iv.buffer).setUint32(8, number);
    return hex(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(path) }, key, bytes(form)));
  }
  // Whoever does not answer in time is not the door, which holds no request of a
  // page back for longer than half a minute; only the doctor takes minutes.
  const asking = new Set(); // what is to be given up when the page locks
  async function send(path, method, body, headers, patience = path === "/doctor" || path.startsWith("/changes/undo") ? 600000 : 90000) {
    const late = new AbortController(), timer = setTimeout(() => late.abort(), patience);
    asking.add(late);
    try {
      const answer = await fetch(path, { method, body: body || undefined, headers, signal: late.signal, cache: "no-store", redirect: "error", credentials: "omit" });
      return { answer, text: await answer.text() };
    } finally {
      clearTimeout(timer);
      asking.delete(late);
    }
  }

  // Opens a channel with a one-time key or with the secret of a session; false
  // when the door does not know it.
  async function open(value, once) {
    const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
    const { answer, text } = await send("/session", "POST", new URLSearchParams({ name: await seal(value, "codabridge"), nonce }).toString(),
      { "Content-Type": "application/x-www-form-urlencoded" });
    if (answer.status === 401) return false;
    const hello = JSON.parse(text);
    const derive = (what) => seal(value, what, nonce, hello.nonce);
    if (hello.proof !== await derive("door")) throw notTheDoor;
    channel = { name: await derive("name"), key: await derive("channel"), sent: 0 };
    secret = once ? await derive("session") : value;
    if (once) localStorage.setItem(store, secret);
    return true;
  }

  // Asks the door; anything but a proven answer throws.
  async function call(method, path, data, patience) {
    const over = channel;
    if (!over) throw new Error("locked");
    const number = ++over.sent, bare = path.split("?")[0];
    const body = await closed(over, number, bare, data ? new URLSearchParams(data).toString() : ""), sum = await digest(body);
    const stamp = [over.name, number, sum, await seal(over.key, "request", number, method, path, sum)].join(" ");
    const { answer, text } = await send(path, method, body, { [stampHeader]: stamp }, patience);
    const proof = await seal(over.key, "answer", number, answer.status, await digest(text));
    if (answer.headers.get(proofHeader) !== proof) throw notTheDoor;
    return { ok: answer.ok, body: path.startsWith("/activity/export") ? JSON.parse(text) : shown("", JSON.parse(text)) };
  }
  // Marks that turn the order of letters around could make a name read as another,
  // so whatever is shown of an answer shows them as what they are. What goes back
  // to the door stays as it is, and so do arguments, which are shown as JSON.
  const plain = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, (c) => "\\u" + c.charCodeAt(0).toString(16));
  const exactly = ["id", "value", "arguments"];
  const shown = (name, value) => typeof value === "string" ? plain(value) : value === null || typeof value !== "object" ? value :
    Array.isArray(value) ? value.map((v) => shown(name, v)) : Object.fromEntries(Object.entries(value).map(([n, v]) => [n, exactly.includes(n) ? v : shown(n, v)]));
  const post = (path, data) => call("POST", path, data);
  const then = {}; // by name: what a view does with the answer to a form that names it in data-then

  // Shows nothing more. What was given for the session is forgotten.
  function lock(gone) {
    if (secret && localStorage.getItem(store) === secret) localStorage.removeItem(store);
    secret = "";
    channel = null;
    for (const one of asking) one.abort();
    for (const place of places()) { place.replaceChildren(); delete place.dataset.html; }
    document.dispatchEvent(new Event("codabridge-locked"));
    tell("");
    latest = [];
    byId("gone").hidden = !gone;
    byId("locked-code").hidden = !cameByLink;
    byId("locked-code").textContent = "To approve a sign-in that you started: open this page from the icon, then press the button in your sign-in tab again, or enter the code that it shows.";
    byId("locked").hidden = false;
  }

  // A request also fails when the browser goes to another page, when the network
  // of the computer changes (a browser drops every connection then) and when it
  // wakes up. So the door is asked once more, unless somebody else answered.
  let again = null;
  async function lost(why) {
    if (leaving) await pause(3000);
    if (!channel) return;
    again ||= why === notTheDoor ? Promise.reject(why) : call("GET", "/activity", null, 15000);
    try { await again; } catch { if (channel) lock(true); } finally { again = null; }
  }

  // A section in which the owner is at work stays as it is until they leave it.
  const busy = (el) => [...el.querySelectorAll("input:not([type=hidden]):not([readonly])")]
    .some((i) => (i.value !== i.defaultValue && i.dataset.filter === undefined) || i.checked !== i.defaultChecked || i === document.activeElement) || el.querySelector("[data-open]") ||
    [...el.querySelectorAll("select")].some((s) => s === document.activeElement || changed(s));
  const changed = (select) => [...select.options].some((o) => o.defaultSelected !== o.selected && o.defaultSelected);
  // Whoever is at a button by the keyboard is so still when it is drawn anew, also
  // where it says something else by then. What is gone leaves them at the heading of
  // the view, and never at what another one's button does.
  const held = (el, strict) => {
    const at = document.activeElement;
    if (!el.contains(at) || at === el) return () => {};
    const all = () => [...el.querySelectorAll("button, a, input:not([type=hidden]), select, summary, [tabindex]")];
    const name = (e) => [e.tagName, e.closest("[id]").id, e.getAttribute("aria-label") || e.textContent].join();
    const label = name(at), before = all(), place = before.indexOf(at);
    return () => {
      const now = all();
      const to = now.find((e) => name(e) === label) || (!strict && now.length === before.length && now[place]) || el.closest(".view")?.querySelector("h1");
      to?.focus({ preventScroll: true });
    };
  };

  // Times are those of this browser, and the exact one stands behind each.
  const exact = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
  function clock(time) {
    const at = new Date(time.dateTime), today = at.toDateString() === new Date().toDateString();
    time.title = at.toLocaleString("en-GB", exact);
    if (time.dataset.clock === undefined) return time;
    time.textContent = at.toLocaleString("en-GB", { hour: "2-digit", minute: "2-digit", ...(today ? {} : { day: "numeric", month: "short" }) });
    return time;
  }
  const clocks = (el) => el.querySelectorAll("time").forEach(clock);

  // A press begins and ends at the same button: drawn anew in between, it would be
  // lost.
  let pressed = null;
  const letGo = () => setTimeout(() => { if (pressed) { pressed = null; draw(latest); } });
  document.addEventListener("pointerdown", (e) => { pressed = e.target; });
  document.addEventListener("keydown", (e) => { if (e.key === " ") pressed = e.target; });
  for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, letGo);

  const places = () => document.querySelectorAll('[id^="s-"]');

  function draw(sections) {
    for (const { id, html } of sections) {
      const el = byId("s-" + id);
      if (el.dataset.html === html || ((busy(el) || el.contains(pressed)) && el.dataset.html)) continue;
      el.dataset.html = html;
      const open = [...el.querySelectorAll("details")].map((d) => d.open);
      const hold = held(el);
      el.innerHTML = html;
      clocks(el);
      if (open.length) el.querySelectorAll("details").forEach((d, i) => { d.open = open[i]; });
      document.dispatchEvent(new CustomEvent("codabridge-section", { detail: id })); // may bring more, where the keyboard was
      hold();
    }
    document.dispatchEvent(new Event("codabridge-drawn"));
  }

  // What a link brings stands in its fragment: a one-time key, a code.
  async function readLink() {
    const brings = location.hash.includes("=");
    if (!brings && channel) return; // only another view is asked for
    const fragment = new URLSearchParams(location.hash.slice(1)), key = fragment.get("key"), kept = localStorage.getItem(store);
    const link = (name) => fragment.get(name), before = channel;
    if (brings) history.replaceState(null, "", location.pathname + "#" + window.codabridge.show(link("view")));
    let gone = false;
    cameByLink = Boolean(link("approve")) || cameByLink;
    const enter = async () => {
      if (key) byId("refused").hidden = await open(key, true);
      if (!channel && kept && !await open(kept, false)) secret = kept;
    };
    try {
      await enter().catch(async (e) => {
        if (leaving) await pause(3000);
        return e === notTheDoor ? Promise.reject(e) : enter();
      });
    } catch { // whoever answered, or nobody, is not the door
      gone = true;
      secret = kept;
      channel = null;
    }
    if (!channel) { lock(gone); return; }
    byId("locked").hidden = true;
    byId("gone").hidden = true;
    document.dispatchEvent(new CustomEvent("codabridge-came", { detail: link }));
    if (channel && channel !== before) watch(channel);
  }

  // Redraws what the door tells, as long as the channel is that of the page. A
  // page that nobody has seen for a while hears nothing: a browser keeps few
  // connections open to one door, and a tab that is looked at must get one.
  async function watch(over) {
    while (channel === over) {
      let heard = false;
      try { heard = await listen(over); } catch (e) { if (channel === over) await lost(e); }
      if (!heard) await pause(2000);
    }
  }
  const seen = () => new Promise((done) => {
    if (document.hidden) document.addEventListener("visibilitychange", done, { once: true });
    else done();
  });

  // Hears the door's events until they end; false when there was none. Each has
  // a proof over its number: what another program puts in between throws.
  async function listen(over) {
    const number = ++over.sent, sum = await digest(""), leave = new AbortController();
    const stamp = [over.name, number, sum, await seal(over.key, "request", number, "GET", "/events", sum)].join(" ");
    let late = 0, unseen = 0, heard = 0;
    const wait = () => { clearTimeout(late); late = setTimeout(() => leave.abort("late"), 60000); };
    const look = () => { clearTimeout(unseen); if (document.hidden) unseen = setTimeout(() => leave.abort("unseen"), 20000); };
    document.addEventListener("visibilitychange", look);
    asking.add(leave);
    look();
    wait();
    try {
      const answer = await fetch("/events", { headers: { [stampHeader]: stamp }, signal: leave.signal, cache: "no-store", redirect: "error", credentials: "omit" });
      if (answer.status === 401) throw new Error("not known here");
      if (!answer.ok) return false;
      const from = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = "";;) {
        const { done, value } = await from.read();
        if (done) return heard > 0;
        wait();
        const whole = (text + value).split("\n\n");
        text = whole.pop();
        for (const event of whole) {
          const [, name, id, proof, data] = event.match(/^event: (\w+)\nid: (\d+)\ndata: (\w+) (.*)$/);
          if (Number(id) !== ++heard || proof !== await seal(over.key, "event", number, heard, name, await digest(data))) throw notTheDoor;
          if (channel !== over) return true;
          hear(name, JSON.parse(data));
        }
      }
    } catch (e) {
      if (leave.signal.reason === "unseen") { await seen(); return true; }
      throw e;
    } finally {
      asking.delete(leave);
      clearTimeout(late);
      clearTimeout(unseen);
      document.removeEventListener("visibilitychange", look);
      leave.abort();
    }
  }

  function hear(name, data) {
    if (name === "view") {
      for (const part of data.sections) {
        const at = latest.findIndex((s) => s.id === part.id);
        if (at < 0) latest.push(part);
        else latest[at] = part;
      }
      window.codabridge.said(data);
      draw(latest);
    }
    document.dispatchEvent(new CustomEvent("codabridge-event", { detail: { name, data } }));
  }
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // What was done is told at the foot of the page, since the section that did it
  // may be drawn anew at once. What went wrong stays until something else is
  // done, or it is pressed or Escape is.
  let silence = 0;
  function tell(text, bad) {
    const said = byId("said"), hush = () => { said.hidden = true; };
    clearTimeout(silence);
    said.textContent = text || "";
    said.hidden = !text;
    said.className = bad ? "bad" : "";
    said.setAttribute("role", bad ? "alert" : "status");
    said.onclick = hush;
    if (text && !bad) silence = setTimeout(hush, 8000);
  }
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && byId("said").className === "bad") tell(""); });

  // A section that was left is drawn as it should look by now, but not between
  // leaving a field and pressing the button beside it.
  document.addEventListener("focusout", () => setTimeout(() => draw(latest), 500));

  Object.assign(window.codabridge, { call, post, tell, lost, then, plain, clock, clocks, busy, held,
    redraw: () => draw(latest), locked: () => !channel });

  // Another tab of this browser was let in.
  addEventListener("storage", (e) => { if (e.key === store && e.newValue && !channel) readLink(); });
  addEventListener("beforeunload", () => { leaving = true; setTimeout(() => { leaving = false; }, 2000); });
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
  addEventListener("hashchange", readLink);
  addEventListener("DOMContentLoaded", readLink); // when the scripts of the views are there
})();
