// mcp-remote: remote.mjs URL [FLAG...]. It stands between a client that knows
// stdio only and the bridge; it registers, has the owner sign in with a
// browser and keeps the tokens in its own folder, so that the second run asks
// nobody.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ask, work } from "./lib.mjs";

const proxy = fileURLToPath(new URL("../node_modules/mcp-remote/dist/proxy.js", import.meta.url));
const run = async (mark) => {
  const transport = new StdioClientTransport({ command: process.execPath, args: [proxy, ...process.argv.slice(2)], env: process.env, stderr: "pipe" });
  let asked = false;
  transport.stderr.on("data", (b) => { // the test opens the address of the sign-in
    asked ||= String(b).includes("/authorize?");
    process.stderr.write(b);
  });
  const client = new Client({ name: "behind mcp-remote", version: "1" });
  await client.connect(transport, { timeout: 60000 });
  await work(client, mark);
  await client.close();
  return asked;
};
assert.ok(await run("mcp-remote"), "mcp-remote did not sign in");
await ask("restart", "stop");
assert.ok(!(await run()), "mcp-remote had to sign in again");
console.log("fine");
process.exit(0);
