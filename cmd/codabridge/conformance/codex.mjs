// OpenAI's Codex: codex.mjs URL REGISTRATION, with REGISTRATION one of dcr,
// cimd. It signs in as "codex mcp login" does, and then its own engine lists
// the tools and calls them, for which it needs no model and no account.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { secret } from "./lib.mjs";

const [url, registration] = process.argv.slice(2);
const codex = fileURLToPath(new URL("../node_modules/@openai/codex/bin/codex.js", import.meta.url));
const home = process.env.CODEX_HOME;
mkdirSync(home, { recursive: true });
writeFileSync(join(home, "config.toml"), `mcp_oauth_credentials_store = "file"\n[mcp_servers.bridge]\nurl = "${url}"\n`);

const start = (...args) => spawn(process.execPath, [codex, ...args], { cwd: home, stdio: ["pipe", "pipe", "pipe"] });

// run runs codex to its end; the test sees what it prints.
async function run(...args) {
  const child = start(...args);
  child.stdin.end();
  let out = "";
  child.stdout.on("data", (b) => { out += b; process.stdout.write(b); });
  child.stderr.pipe(process.stderr);
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0, `codex ${args.join(" ")} ended with ${code}`);
  return out;
}

const entry = async () => JSON.parse(await run("mcp", "list", "--json")).find((s) => s.name === "bridge");
assert.equal((await entry()).auth_status, "not_logged_in", "Codex does not see that a sign-in is wanted");
await run("mcp", "login", "bridge", "--oauth-client-registration", registration);
assert.equal((await entry()).auth_status, "o_auth", "Codex does not take itself for signed in");

const kept = join(home, ".credentials.json");
assert.ok(existsSync(kept), "Codex kept no credentials");
const [held] = Object.values(JSON.parse(readFileSync(kept, "utf8")));
secret(held.access_token);
secret(held.refresh_token);
assert.ok(held.access_token && held.refresh_token, "Codex holds no pair of tokens");
assert.equal(held.client_id.startsWith("https://"), registration === "cimd", `Codex is the client ${held.client_id}`);

// The engine speaks JSON-RPC, a line a message.
const engine = start("app-server");
engine.stderr.pipe(process.stderr);
const waiting = new Map();
readline.createInterface({ input: engine.stdout }).on("line", (line) => {
  const m = JSON.parse(line);
  if (m.method || !waiting.has(m.id)) return;
  waiting.get(m.id)(m);
  waiting.delete(m.id);
});
let last = 0;
async function ask(method, params) {
  const id = ++last;
  const came = new Promise((resolve) => waiting.set(id, resolve));
  engine.stdin.write(JSON.stringify({ id, method, params }) + "\n");
  const m = await came;
  assert.ok(m.result, `codex ${method}: ${JSON.stringify(m.error)}`);
  return m.result;
}
await ask("initialize", { clientInfo: { name: "judge", title: "judge", version: "1" }, capabilities: null });
engine.stdin.write(JSON.stringify({ method: "initialized" }) + "\n");
const { data } = await ask("mcpServerStatus/list", { detail: "full" });
const bridge = data.find((s) => s.name === "bridge");
assert.equal(bridge.toolsError, null);
const names = Object.keys(bridge.tools);
assert.ok(names.length >= 13 && names.includes("search"), `Codex sees ${names}`);

const { thread } = await ask("thread/start", { cwd: home });
const call = async (tool, args) => {
  const r = await ask("mcpServer/tool/call", { threadId: thread.id, server: "bridge", tool, arguments: args });
  assert.ok(!r.isError && r.structuredContent, `${tool}: ${JSON.stringify(r.content)}`);
  return r.structuredContent;
};
const { results } = await call("search", { query: "roadmap" });
assert.ok(results.length > 0, "search found nothing");
const page = await call("fetch", { id: results[0].id });
assert.equal(page.id, results[0].id);

// Its end is waited for, because until then it writes to its folder.
const gone = new Promise((resolve) => engine.on("close", resolve));
engine.stdin.end();
const impatient = setTimeout(() => engine.kill(), 3000);
await gone;
clearTimeout(impatient);
console.log(`fine, with ${names.length} tools`);
process.exit(0);
