// Home: the sign-ins that wait, and the decision about one of them.
"use strict";
(() => {
  const { post, tell, lost, then } = window.codabridge;
  const byId = (id) => document.getElementById(id), pause = (ms) => new Promise((done) => setTimeout(done, ms));
  let codeFromLink = "", toApprove = false;

  // Anybody can make a link with a code in it. It counts only in the browser
  // that shows this code in its sign-in tab: the door where that tab is looks
  // for its cookie and sends the browser back.
  async function arrive(code) {
    const answer = await post("/approve/arrive", { code });
    if (answer.ok) { location.replace(answer.body.link); return; }
    toApprove = true;
    tell(answer.body.error_description);
  }

  async function arrived(name) {
    const answer = await post("/approve/arrived", { for: name });
    if (answer.ok) { codeFromLink = answer.body.code; return; }
    toApprove = true;
    tell(answer.body.error_description);
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

  // What the owner is asked once a code was found.
  function decide(code, r) {
    byId("decide-host").textContent = r.redirect_host;
    byId("decide-client").textContent = r.self_named ? "calls itself “" + r.client + "”" : r.client;
    byId("decide-address").textContent = r.address;
    byId("decide-scopes").textContent = r.scopes.includes("coda.write") ? "reading and writing" : "reading";
    byId("allow-ask").hidden = byId("allow-write").hidden = !r.scopes.includes("coda.write");
    for (const i of byId("decide").querySelectorAll("input[name=code]")) i.value = code;
    byId("decide-code").textContent = code.toUpperCase();
    const host = r.redirect ? r.redirect_host : "";
    byId("decide-unlisted").hidden = !host;
    byId("decide-redirect").textContent = r.redirect || "";
    byId("decide-looks").textContent = r.looks_like ? "A browser may show it as “" + r.looks_like + "”: letters of other scripts can look like those you know." : "";
    byId("decide-yes-host").textContent = host;
    const yes = byId("decide-yes"), say = () => { for (const i of byId("decide").querySelectorAll("input[name=host]")) i.value = yes.checked ? host : ""; };
    yes.checked = false;
    yes.onchange = say;
    say();
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

  // The guide has gone because a call has come, while this page was open.
  let guided = false;
  function celebrate() {
    const guide = byId("guide"), last = document.querySelector("#last-calls [data-name]");
    if (guided && !guide && last) {
      const who = document.createElement("bdi");
      who.textContent = last.dataset.name;
      byId("first-call-who").replaceChildren(who, " made its first call");
      byId("first-call").hidden = false;
    }
    guided = Boolean(guide);
  }
  byId("first-call-done").addEventListener("click", () => {
    byId("first-call").hidden = true;
    document.querySelector(".view:not([hidden]) h1").focus();
  });

  then.decide = (found, data) => { decide(data.get("code"), found); return false; };
  then.decided = () => {
    byId("decide").hidden = true;
    delete byId("decide").dataset.open;
    byId("code-entry").value = "";
  };
  document.addEventListener("codabridge-drawn", () => { useCode(); celebrate(); });
  document.addEventListener("codabridge-locked", () => { byId("first-call").hidden = true; guided = false; });
  document.addEventListener("codabridge-came", async (e) => {
    const link = e.detail;
    toApprove = link("view") === "approve" || toApprove;
    try {
      if (link("approve")) await arrive(link("approve"));
      if (link("arrived")) await arrived(link("arrived"));
      // The page of an unknown app led here: put that app on the list.
      if (link("knock")) await post("/knock/bring", { knock: link("knock") });
    } catch { await lost(); }
    useCode();
  });
})();
