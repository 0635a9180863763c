// The page that waits for the owner: it asks how its request stands and goes
// on when there is an answer.
"use strict";
(() => {
  const page = document.getElementById("waiting");
  if (!page) return;
  const status = document.getElementById("status");
  const waiting = status.textContent;

  const show = (id) => {
    for (const part of ["ask", "done", "over", "finished", "cookies", "refused"]) {
      document.getElementById(part).hidden = part !== id;
    }
    document.title = document.querySelector("#" + id + " h1").textContent + " - codabridge";
  };
  const later = (ms) => setTimeout(ask, ms);

  const answer = (a) => {
    status.textContent = waiting;
    switch (a.status) {
      case "approved":
      case "denied":
        if (!a.location) {
          show("refused");
          return;
        }
        document.getElementById("onward").href = a.location;
        show("done");
        location.replace(a.location);
        return;
      case "expired":
        show("over");
        return;
      case "finished":
      case "cookies":
        show(a.status);
        return;
      default:
        later(1000);
    }
  };

  // The extra header lets the request pass the tunnel's notice to visitors.
  const ask = () => fetch(page.dataset.wait, {
    headers: { Accept: "application/json", "ngrok-skip-browser-warning": "1" },
    credentials: "same-origin", cache: "no-store", redirect: "error",
  }).then((r) => {
    if (!r.ok) throw new Error(r.status);
    return r.json();
  }).then(answer).catch(() => {
    status.textContent = "codabridge does not answer just now. Trying again…";
    later(3000);
  });

  ask();
})();
