// Connections: the secret of a key or a client that was just made.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // A new secret stands outside of what is drawn anew, until the owner has it.
  function showSecret(made) {
    const secret = made.key || made.secret || "";
    byId("made-what").textContent = made.key ? "Your new access key" : "The client's new secret";
    byId("made-for").textContent = made.key ? made.name : "Client id: " + made.id;
    byId("made-key").value = secret;
    byId("made").hidden = !secret;
    if (secret) byId("made-key").focus();
  }

  window.codabridge.then.key = showSecret;
  document.addEventListener("click", (e) => { if (e.target.id === "made-done") showSecret({}); });
  document.addEventListener("codabridge-locked", () => showSecret({}));
})();
