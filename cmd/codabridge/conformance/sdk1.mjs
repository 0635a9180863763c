// @modelcontextprotocol/sdk (the first generation): sdk1.mjs URL WAY with WAY
// one of streamable, sse, or sdk1.mjs - stdio for the program as a child. It
// checks structuredContent against the tools' output schemas by itself.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Owner, ask, callback, value, work } from "./lib.mjs";

const [url, way] = process.argv.slice(2);
const fresh = () => new Client({ name: "sdk1", version: "1" });

if (way === "stdio") {
  const client = fresh();
  const transport = new StdioClientTransport({ command: process.env.CODABRIDGE_BINARY, args: ["stdio", ...process.argv.slice(4)], env: process.env, stderr: "inherit" });
  await client.connect(transport);
  await work(client, "sdk1 stdio");
  const pid = transport.pid;
  await client.close();
  assert.throws(() => process.kill(pid, 0), "the program outlives the end of its input");
  console.log("fine");
  process.exit(0);
}

const back = await callback();
const owner = new Owner(`sdk1 ${way}`, back);
const transport = () => new (way === "sse" ? SSEClientTransport : StreamableHTTPClientTransport)(new URL(url), { authProvider: owner });
const connect = async () => {
  const client = fresh();
  await client.connect(transport());
  return client;
};
const first = transport();
await assert.rejects(fresh().connect(first), UnauthorizedError);
const params = await owner.cameBack();
assert.equal(params.get("iss"), new URL(url).origin, "iss is not the issuer");
await first.finishAuth(params.get("code"));

let client = await connect();
await work(client, `sdk1 ${way}`);
const before = { ...owner.held };
owner.spoil();
value(await client.callTool({ name: "coda_list_documents", arguments: {} }));
assert.notEqual(owner.held.access_token, before.access_token, "no new access token");
assert.notEqual(owner.held.refresh_token, before.refresh_token, "the refresh token was not rotated");
await client.close();

await ask("restart", "kill");
client = await connect();
await work(client);
await client.close();
assert.equal(owner.signIns, 1, "the owner had to say yes again");
assert.equal(owner.registrations, 1, "the client had to register again");
console.log("fine");
process.exit(0);
