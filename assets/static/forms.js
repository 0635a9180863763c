// Forms of the owner's page: each is sent to the action that it names, says what
// came of it, and asks first where something would go. And buttons that copy.
"use strict";
(() => {
  const { post, tell, lost, then, redraw, locked } = window.codabridge, byId = (id) => document.getElementById(id);

  // Asks before something goes that does not come back. The form stays as it is
  // meanwhile, and the keyboard is at the answer that does nothing.
  const question = byId("sure");
  function sure(form, button) {
    byId("sure-what").textContent = form.dataset.confirm;
    byId("sure-yes").textContent = button.className === "switch" ? "Yes" : button.textContent;
    form.dataset.open = "yes";
    question.returnValue = "";
    question.showModal();
    return new Promise((done) => {
      question.onclose = () => { delete form.dataset.open; button.focus(); done(question.returnValue === "yes"); };
    });
  }
  byId("sure-yes").addEventListener("click", () => question.close("yes"));
  byId("sure-no").addEventListener("click", () => question.close());
  document.addEventListener("codabridge-locked", () => question.close());

  async function submit(form) {
    const button = form.querySelector("button:not([type=button])");
    if (form.dataset.busy || (form.dataset.confirm && !await window.codabridge.sure(form, button))) return;
    const out = form.querySelector("output"), card = form.closest("#decide");
    const say = (text, bad) => {
      const place = out || (card ? byId("decided") : null);
      if (place) { place.textContent = text; place.className = bad ? "problem" : "muted"; }
      else tell(bad ? text : "", bad);
    };
    const data = new FormData(form);
    // A button that is disabled would lose the keyboard, which is at it.
    form.dataset.busy = "yes";
    button.setAttribute("aria-disabled", "true");
    say("…");
    try {
      const answer = await post(form.dataset.post, data), body = answer.body;
      if (!answer.ok) { say(body.error_description, true); return; }
      say("");
      const next = then[form.dataset.then];
      if (next && next(body, data) === false) return; // the form stays as it is
      tell(body.message);
      if (card) then.decided();
      else form.reset();
      // Enter leaves the cursor in the field, where it would hold the section.
      if (form.contains(document.activeElement) && document.activeElement.tagName !== "BUTTON") document.activeElement.blur();
    } catch (e) {
      await lost(e);
      if (!locked()) say("The answer did not arrive. See whether it was done before you try again.", true);
    } finally {
      delete form.dataset.busy;
      button.removeAttribute("aria-disabled");
      redraw();
    }
  }

  document.addEventListener("submit", (e) => {
    if (!e.target.dataset.post) return;
    e.preventDefault();
    submit(e.target);
  });

  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    const shown = byId(button.dataset.copy);
    let copied = true;
    try { await navigator.clipboard.writeText(shown.textContent); }
    catch {
      getSelection().selectAllChildren(shown);
      copied = document.execCommand("copy");
    }
    if (!copied) { tell("This browser does not let the page copy. It is selected: press Ctrl+C, or on a Mac Cmd+C."); return; }
    button.focus();
    button.textContent = "Copied";
    tell("Copied.");
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  });

  Object.assign(window.codabridge, { sure });
})();
