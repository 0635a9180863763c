// Docs and search: trying what an assistant finds and reads. What is answered
// comes from docs that anybody may have written into, and is put in as text only.
"use strict";
(() => {
  const { el, link, ask, folded, recall, held, clocks } = window.codabridge, byId = (id) => document.getElementById(id);
  const most = 100000; // characters of an answer that are drawn
  let tools = [];

  const count = (n, what) => n.toLocaleString() + " " + what + (n === 1 ? "" : "s");
  // The answer as the model gets it, to the letter.
  function shown(place, result) {
    const text = result.answer, cut = text.length > most;
    const note = result.status === "ok" ? "The model gets this, " + count(text.length, "character") + "." : "The model is told this instead of an answer (" + result.status + ").";
    const pre = el("pre", cut ? text.slice(0, most) : text);
    pre.tabIndex = 0;
    pre.setAttribute("role", "group");
    pre.dir = "auto";
    pre.setAttribute("aria-label", "What the model gets");
    place.replaceChildren(el("p", note + (cut ? " Shown are the first " + most.toLocaleString() + "." : ""), "muted"), pre);
  }
  async function trying(place, tool, args) {
    place.replaceChildren(el("p", "…", "muted"));
    const as = byId("try-as").value;
    try {
      return await ask("/try", { tool, arguments: JSON.stringify(args), connection: as });
    } catch (e) {
      place.replaceChildren(el("p", e.message, "problem"));
      return null;
    }
  }

  // A hit as a person reads it; search marks the words that were found.
  function hit(h) {
    const item = el("li"), title = el("div"), text = el("p");
    title.append(link(h.url, h.title || h.id), " ", el("span", h.kind || "", "badge"));
    title.dir = text.dir = "auto";
    (h.text || "").split("**").forEach((part, i) => { if (part) text.append(el(i % 2 ? "strong" : "span", part)); });
    item.append(title, text);
    if (h.why) item.append(el("p", h.why, "muted"));
    return item;
  }

  byId("try-search").addEventListener("submit", async (e) => {
    e.preventDefault();
    const hits = byId("try-hits"), note = byId("try-note"), result = await trying(note, "search", { query: byId("try-query").value });
    hits.replaceChildren();
    byId("try-raw").hidden = !result;
    if (!result) return;
    shown(byId("try-raw-text"), result);
    if (result.status !== "ok") { note.replaceChildren(el("p", result.answer, "problem")); return; }
    const found = JSON.parse(result.answer);
    hits.replaceChildren(...found.results.map(hit));
    note.replaceChildren(el("p", count(found.results.length, "hit") + ". " + (found.note || ""), "muted"));
  });

  // One field of a form that is made from a tool's schema.
  function field(name, schema, required) {
    const box = el("div"), label = el("label", name + (required ? "" : " (optional)")), id = "try-arg-" + name;
    const kinds = [].concat(schema.type || []);
    let input;
    if (schema.enum || kinds.includes("boolean") && kinds.length === 1) {
      input = el("select");
      input.append(new Option("", ""), ...(schema.enum || ["true", "false"]).map((v) => new Option(v, v)));
    } else if (kinds.length === 1 && ["string", "integer", "number"].includes(kinds[0])) {
      input = el("input");
      input.type = "text";
      if (kinds[0] !== "string") input.inputMode = "decimal";
      input.autocomplete = "off";
    } else {
      input = el("textarea");
      input.rows = 2;
      input.spellcheck = false;
    }
    input.id = id;
    input.name = name;
    label.htmlFor = id;
    box.append(label, input);
    const says = schema.description || "", form = input.tagName === "TEXTAREA" ? " As JSON." : "";
    if (says || form) {
      const hint = el("p", says + form, "muted");
      hint.id = id + "-hint";
      input.setAttribute("aria-describedby", hint.id);
      box.append(hint);
    }
    return box;
  }

  // What was typed, in the type that the schema wants; what does not fit goes as it
  // is, so that the tool says what is wrong as it says it to a model.
  function value(schema, text) {
    const kinds = [].concat(schema.type || []);
    if (kinds.length === 1 && kinds[0] === "string") return text;
    try { return JSON.parse(text); } catch { return text; }
  }
  const chosen = () => tools.find((t) => t.name === byId("try-tool").value);
  function fields() {
    const tool = chosen(), properties = Object.entries(tool ? tool.input.properties || {} : {}), required = (tool && tool.input.required) || [];
    byId("try-says").textContent = tool ? tool.description : "";
    byId("try-fields").replaceChildren(...properties.map(([name, schema]) => field(name, schema, required.includes(name))));
    byId("try-answer").replaceChildren();
  }
  // What was typed before this tab was loaded anew; nothing is asked by itself.
  recall(byId("try-search"));
  recall(byId("try-call"));
  byId("try-tool").addEventListener("change", fields);
  byId("try-call").addEventListener("submit", async (e) => {
    e.preventDefault();
    const tool = chosen(), args = {};
    if (!tool) return;
    for (const input of byId("try-fields").querySelectorAll("[name]"))
      if (input.value !== "") args[input.name] = value(tool.input.properties[input.name], input.value);
    const place = byId("try-answer"), result = await trying(place, tool.name, args);
    if (result) shown(place, result);
  });

  // Which tools and connections there are, when the view is looked at.
  async function offer() {
    if (byId("try-card").hidden || byId("view-search").hidden) return;
    try {
      const offered = await ask("/try/tools"), tool = byId("try-tool"), as = byId("try-as"), before = [tool.value, as.value];
      tools = offered.tools;
      tool.replaceChildren(...tools.map((t) => new Option(t.title + " (" + t.name + ")", t.name)));
      as.replaceChildren(new Option("any assistant that may see all docs", ""), ...offered.connections.map((c) => new Option(c.name, c.id)));
      for (const [choice, was] of [[tool, before[0]], [as, before[1]]]) if ([...choice.options].some((o) => o.value === was)) choice.value = was;
      if (tool.value !== before[0] || !byId("try-fields").children.length) {
        fields();
        if (tool.value === before[0]) recall(byId("try-call"));
      }
    } catch (e) {
      byId("try-note").replaceChildren(el("p", e.message, "problem"));
    }
  }
  // The docs of the index whose name or id has all that is sought, in any letters:
  // among those that are listed, or where there are more, as the door finds them.
  let sought = "", drawn = "", turns = 0;
  const words = () => folded(sought).split(/\s+/).filter(Boolean);
  async function narrow() {
    const turn = ++turns, far = byId("index-filter").dataset.more !== "0" && words().length > 0;
    if (!far) {
      others("");
      among();
      return;
    }
    try {
      const body = await ask("/index/find", { name: sought }), place = byId("index-others");
      if (turn !== turns || !place) return;
      const hold = held(place, false);
      others(body.html || " ");
      hold();
      byId("index-found").textContent = count(body.found, "doc") + (body.found > body.shown ? ", of which these are " + body.shown + ". Write more of the name." : ".");
    } catch (e) {
      if (byId("index-found")) byId("index-found").textContent = e.message;
    }
  }
  // Shows these docs in place of those that are listed, or with nothing the latter.
  function others(html) {
    const place = byId("index-others");
    place.innerHTML = drawn = html;
    clocks(place);
    place.hidden = !html;
    for (const id of ["index-docs", "index-listed"]) if (byId(id)) byId(id).hidden = Boolean(html);
  }
  function among() {
    const list = byId("index-docs"), want = words();
    let left = 0;
    for (const item of list.children) {
      const doc = folded(item.querySelector("strong").textContent + " " + item.querySelector("[name=doc]").value);
      item.hidden = !want.every((w) => doc.includes(w));
      left += item.hidden ? 0 : 1;
    }
    byId("index-found").textContent = want.length ? count(left, "doc") + "." : "";
  }
  document.addEventListener("input", (e) => {
    if (e.target.id !== "index-filter") return;
    sought = e.target.value;
    narrow();
  });
  document.addEventListener("codabridge-section", (e) => {
    if (e.detail !== "index" || !byId("index-filter")) return;
    byId("index-filter").value = sought;
    if (drawn) others(drawn);
    narrow();
  });

  document.addEventListener("codabridge-view", (e) => { if (e.detail === "search") offer(); });
  document.addEventListener("codabridge-drawn", () => {
    const ready = !document.body.classList.contains("unready"), first = byId("try-card").hidden && ready;
    byId("try-card").hidden = !ready;
    if (first) offer();
  });
  document.addEventListener("codabridge-locked", () => {
    byId("try-card").hidden = true;
    for (const id of ["try-hits", "try-note", "try-raw-text", "try-answer", "try-fields", "try-tool", "try-as"]) byId(id).replaceChildren();
    byId("try-query").value = sought = drawn = "";
    tools = [];
  });
})();
