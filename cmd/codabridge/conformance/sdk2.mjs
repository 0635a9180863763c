// @modelcontextprotocol/client (the second generation): sdk2.mjs URL ERA
// with ERA one of modern, auto, legacy, sse. It signs in, works, refreshes,
// and goes on over two restarts of the bridge.
import assert from "node:assert/strict";
import { Client, SSEClientTransport, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { Owner, ask, callback, value, work } from "./lib.mjs";

const [url, era] = process.argv.slice(2);
const mode = { modern: { pin: "2026-07-28" }, auto: "auto", legacy: "legacy", sse: "auto" }[era];
const back = await callback();
const owner = new Owner(`sdk2 ${era}`, back);
const transport = () => new (era === "sse" ? SSEClientTransport : StreamableHTTPClientTransport)(new URL(url), { authProvider: owner });
const connect = async () => {
  const client = new Client({ name: "sdk2", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport());
  return client;
};

const first = transport();
await assert.rejects(new Client({ name: "sdk2", version: "1" }, { versionNegotiation: { mode } }).connect(first), UnauthorizedError);
await first.finishAuth(await owner.cameBack());
assert.equal(owner.held.token_type.toLowerCase(), "bearer");
assert.match(owner.held.scope, /coda\.read/);
assert.match(owner.held.scope, /coda\.write/);

let client = await connect();
const spoken = client.getNegotiatedProtocolVersion?.();
if (spoken) assert.equal(spoken, era === "modern" || era === "auto" ? "2026-07-28" : "2025-11-25");
await work(client, `sdk2 ${era}`);

// The access token runs out: the client refreshes by itself, and both tokens
// are new.
const before = { ...owner.held };
owner.spoil();
value(await client.callTool({ name: "coda_list_documents", arguments: {} }));
assert.notEqual(owner.held.access_token, before.access_token, "no new access token");
assert.notEqual(owner.held.refresh_token, before.refresh_token, "the refresh token was not rotated");

// Restarts: the same tokens go on working. A stateless connection does not
// even notice; an event stream has to be opened again.
for (const how of ["stop", "kill"]) {
  const held = owner.held.access_token;
  if (era === "sse") await client.close();
  await ask("restart", how);
  if (era === "sse") client = await connect();
  await work(client);
  assert.equal(owner.held.access_token, held, `a new token was needed after ${how}`);
}
owner.spoil();
value(await client.callTool({ name: "coda_list_documents", arguments: {} }));
await client.close();
assert.equal(owner.signIns, 1, "the owner had to say yes again");
assert.equal(owner.registrations, 1, "the client had to register again");
console.log(`fine ${spoken}`);
process.exit(0);
