// What two vendors' own libraries make of the tools before a model sees them:
// vendors.mjs - stdio. @openai/agents-core converts every schema to strict
// mode, or says why it cannot; @google/genai makes function declarations. Both
// then write a row and read it back as their models would.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { mcpToFunctionTool, RunContext } from "@openai/agents-core";
import { mcpToTool } from "@google/genai";

const client = new Client({ name: "vendors", version: "1" });
await client.connect(new StdioClientTransport({ command: process.env.CODABRIDGE_BINARY, args: ["stdio", ...process.argv.slice(4)], env: process.env, stderr: "inherit" }));
const { tools } = await client.listTools();
assert.ok(tools.length > 40, `only ${tools.length} tools`);

const server = { name: "codabridge", callTool: async (name, args) => (await client.callTool({ name, arguments: args ?? {} })).content };
const strict = Object.fromEntries(tools.map((t) => [t.name, mcpToFunctionTool(t, server, true)]));
for (const [name, tool] of Object.entries(strict)) assert.ok(tool.strict, `${name} cannot be strict`);

const said = (content) => JSON.parse([content].flat()[0].text);
const documents = said(await server.callTool("coda_list_documents")).documents;
let place;
for (const d of documents) {
  for (const t of said(await server.callTool("coda_list_tables", { document: d.id })).tables) {
    if (t.type !== "table") continue;
    const columns = said(await server.callTool("coda_get_table", { document: d.id, table: t.id, sample: 0 })).columns;
    const name = columns.find((c) => c.display && c.type === "text" && !c.calculated);
    if (name) place ??= { document: d.id, table: t.id, column: name.name };
  }
}
assert.ok(place, "the sample has no table to write to");

// In strict mode a model writes every argument, and null for what it leaves out.
const filled = (name, args) => {
  const all = (s, given) => {
    s = s.anyOf ? s.anyOf.find((x) => x.type !== "null") : s;
    if (given === undefined) return null;
    if (s.type === "array") return given.map((g) => all(s.items, g));
    if (s.type !== "object") return given;
    return Object.fromEntries(Object.keys(s.properties).map((k) => [k, all(s.properties[k], given[k])]));
  };
  return JSON.stringify(all(strict[name].parameters, args));
};
const strictly = async (name, args) => said(await strict[name].invoke(new RunContext(), filled(name, args)));
const { document, table, column } = place;
const cells = (value) => [{ cells: [{ column, value }] }];
let wrote = await strictly("coda_create_rows", { document, table, rows: cells("By strict mode") });
assert.equal(wrote.status, "applied");
assert.equal((await strictly("coda_list_rows", { document, table, filter: { column, equals: "By strict mode" } })).rows.length, 1);
assert.equal((await strictly("coda_query_rows", { document, table, where: [{ column, is: "=", value: "By strict mode" }], aggregate: [{ op: "count" }] })).rows[0].at(-1), 1);

// Gemini's declarations name the fields of every object, and its calls pass.
const gemini = mcpToTool(client);
const { functionDeclarations } = await gemini.tool();
assert.equal(functionDeclarations.length, tools.length);
const look = (path, s) => {
  if (s.anyOf) { // which Gemini takes where nothing stands beside it
    assert.deepEqual(Object.keys(s), ["anyOf"], `${path} has words beside anyOf`);
    for (const [i, choice] of s.anyOf.entries()) look(`${path}|${i}`, choice);
    return;
  }
  assert.equal(typeof s.type, "string", `${path} has no one type`);
  for (const [k, v] of Object.entries(s.properties ?? {})) look(`${path}.${k}`, v);
  if (s.type === "array") look(`${path}[]`, s.items);
  if (s.type === "object" && path.includes(".")) assert.ok(Object.keys(s.properties ?? {}).length, `${path} is an object without fields`);
};
for (const f of functionDeclarations) look(f.name, f.parametersJsonSchema ?? f.parameters);
const parts = await gemini.callTool([{ name: "coda_create_rows", args: { document, table, rows: cells("By Gemini") } }]);
assert.ok(JSON.stringify(parts).includes("applied"), JSON.stringify(parts));
assert.equal(said(await server.callTool("coda_get_row", { document, table, row: "By Gemini" })).name, "By Gemini");
await client.close();
console.log("fine");
process.exit(0);
