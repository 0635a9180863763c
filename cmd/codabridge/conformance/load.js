// A minute of mixed load for k6: what several assistants ask of one bridge,
// and what strangers ask of its door. Environment: ORIGIN, TOKEN, NAME and
// ADDRESS (the public name and where it is here), SECONDS.
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";

const { ORIGIN, TOKEN, NAME, ADDRESS, SECONDS } = __ENV;
// One kind of request each; "coda" ones wait for Coda, whose own rate they
// stay below.
const kinds = ["discover", "initialize", "tools/list", "search", "fetch", "coda rows", "no token", "documents", "page"];
const took = {}, wrong = {};
for (const k of kinds) {
  took[k] = new Trend(`took_${k.replace(/\W/g, "_")}`, true);
  wrong[k] = new Counter(`wrong_${k.replace(/\W/g, "_")}`);
}
const wave = (exec, rate, vus) => ({ executor: "constant-arrival-rate", exec, rate, timeUnit: "1s", duration: `${SECONDS}s`, preAllocatedVUs: vus, maxVUs: vus, gracefulStop: "50s" });
export const options = {
  hosts: { [NAME]: ADDRESS },
  discardResponseBodies: false,
  summaryTrendStats: ["count", "p(50)", "p(95)", "max"],
  scenarios: { light: wave("light", 60, 40), coda: wave("coda", 6, 40), door: wave("door", 20, 20) },
};

const version = "2026-07-28";
const headers = (more) => ({ "Content-Type": "application/json", Accept: "application/json, text/event-stream", ...more });
const rpc = (method, params, id = "1") => JSON.stringify({ jsonrpc: "2.0", id, method, params });
const meta = { "io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {}, "io.modelcontextprotocol/clientInfo": { name: "k6", version: "1" } };

// ask sends one message as an assistant of the newest kind and counts it.
function ask(kind, method, params, named) {
  const more = { Authorization: `Bearer ${TOKEN}`, "Mcp-Protocol-Version": version, "Mcp-Method": method };
  if (named) more["Mcp-Name"] = named;
  const res = http.post(`${ORIGIN}/mcp`, rpc(method, { _meta: meta, ...params }), { headers: headers(more), timeout: "50s" });
  const result = res.status === 200 ? res.json("result") : undefined;
  count(kind, res, result && !result.isError);
  return result;
}
const tool = (kind, name, args) => ask(kind, "tools/call", { name, arguments: args }, name);

function count(kind, res, fine) {
  took[kind].add(res.timings.duration);
  wrong[kind].add(fine ? 0 : 1);
  if (!fine) console.warn(`${kind}: ${res.status} ${res.error} ${String(res.body).slice(0, 200)}`);
}

const pick = (list, i) => list[i % list.length];

export function light() {
  switch (__ITER % 4) {
    case 0: return ask("discover", "server/discover", {});
    case 1: return ask("tools/list", "tools/list", {});
    case 2: return tool("search", "search", { query: pick(["roadmap", "budget", "meeting notes", "launch"], __ITER >> 2) });
  }
  const res = http.post(`${ORIGIN}/mcp`, rpc("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "k6", version: "1" } }),
    { headers: headers({ Authorization: `Bearer ${TOKEN}` }) });
  count("initialize", res, res.status === 200 && res.json("result.protocolVersion") === "2025-11-25");
}

export function setup() {
  const found = tool("search", "search", { query: "roadmap" });
  return { ids: found.structuredContent.results.map((r) => r.id) };
}

export function coda(data) {
  if (__ITER % 2) return tool("fetch", "fetch", { id: pick(data.ids, __ITER >> 1) });
  tool("coda rows", "coda_list_rows", { document: "Product Roadmap", table: "Projects", limit: 20 });
}

export function door() {
  const get = (path, accept) => http.get(ORIGIN + path, { headers: { Accept: accept } });
  switch (__ITER % 4) {
    case 0: {
      const res = http.post(`${ORIGIN}/mcp`, rpc("server/discover", { _meta: meta }), { headers: headers({}) });
      return count("no token", res, res.status === 401 && res.headers["Www-Authenticate"] !== undefined);
    }
    case 1: {
      const res = get("/", "text/html");
      return count("page", res, res.status === 200);
    }
  }
  const res = get(pick(["/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/mcp"], __ITER >> 1), "application/json");
  count("documents", res, res.status === 200);
}

// handleSummary prints one line a kind, for the test to show.
export function handleSummary({ metrics }) {
  const ms = (v) => v.toFixed(1).padStart(9);
  let out = `${"asked".padEnd(12)}${"count".padStart(7)}${"p50 ms".padStart(9)}${"p95 ms".padStart(9)}${"max ms".padStart(9)}${"wrong".padStart(7)}\n`;
  for (const k of kinds) {
    const t = metrics[`took_${k.replace(/\W/g, "_")}`], w = metrics[`wrong_${k.replace(/\W/g, "_")}`];
    if (!t) continue;
    out += `${k.padEnd(12)}${String(t.values.count).padStart(7)}${ms(t.values["p(50)"] ?? t.values.med)}${ms(t.values["p(95)"])}${ms(t.values.max)}${String(w.values.count).padStart(7)}\n`;
  }
  const dropped = metrics.dropped_iterations ? metrics.dropped_iterations.values.count : 0;
  out += `${metrics.http_reqs.values.count} requests, ${metrics.http_reqs.values.rate.toFixed(1)} a second, ${dropped} not made in time\n`;
  return { stdout: out };
}
