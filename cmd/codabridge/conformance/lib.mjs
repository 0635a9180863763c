// What the scripts share: talking to the test, the owner's client side of a
// sign-in, and the owner's work with the tools.
import assert from "node:assert/strict";
import http from "node:http";
import readline from "node:readline";

const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// ask has the test do something and returns when it is done.
export async function ask(word, rest) {
  console.log(`@${word} ${rest}`);
  const { value } = await answers.next();
  assert.equal(value, "ok", `the test could not do ${word}`);
}

// secret tells the test a token, which may then appear nowhere.
export const secret = (token) => token && console.log(`@secret ${token}`);

// callback is the place on this computer where a sign-in comes back to.
export async function callback() {
  let arrived;
  const came = new Promise((resolve) => { arrived = resolve; });
  const server = http.createServer((req, res) => {
    res.setHeader("Content-Type", "text/html");
    res.end('<p id="connected">connected</p>');
    const url = new URL(req.url, "http://127.0.0.1");
    if (url.pathname === "/callback") arrived(url.searchParams);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}/callback`, came, close: () => server.closeAllConnections() };
}

// Owner keeps what an OAuth client of the SDKs keeps, in memory.
export class Owner {
  constructor(name, back) {
    Object.assign(this, { name, back, signIns: 0, registrations: 0 });
  }
  get redirectUrl() { return this.back.url; }
  get clientMetadata() {
    return { client_name: this.name, redirect_uris: [this.back.url], grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"], token_endpoint_auth_method: "none" };
  }
  state() { return (this.sent = crypto.randomUUID()); }
  clientInformation() { return this.client; }
  saveClientInformation(c) { this.registrations++; this.client = c; }
  tokens() { return this.held; }
  saveTokens(t) { secret(t.access_token); secret(t.refresh_token); this.held = t; }
  async redirectToAuthorization(url) { this.signIns++; await ask("authorize", url.href); }
  saveCodeVerifier(v) { this.verifier = v; }
  codeVerifier() { return this.verifier; }
  async cameBack() {
    const params = await this.back.came;
    assert.equal(params.get("state"), this.sent, "state came back changed");
    return params;
  }
  // spoil makes the client hold an access token that has run out.
  spoil() { this.held = { ...this.held, access_token: "run-out" }; }
}

// value is what a tool answered as text; structuredContent, where there is
// any, must say the same.
export function value(result) {
  assert.ok(!result.isError, `the tool failed: ${result.content?.[0]?.text}`);
  const said = JSON.parse(result.content[0].text);
  if (result.structuredContent) assert.deepEqual(said, result.structuredContent, "the text differs from structuredContent");
  return said;
}

// work is what an assistant does with a connection: it lists the tools,
// searches, reads what it found and, given a mark, writes a line with it.
export async function work(client, mark) {
  const { tools } = await client.listTools();
  const names = tools.map((t) => t.name);
  for (const name of ["search", "fetch", "coda_list_documents", "coda_get_page", "coda_create_rows", "coda_append_to_page"]) {
    assert.ok(names.includes(name), `tools/list lacks ${name}: ${names}`);
  }
  for (const t of tools) {
    assert.ok(t.title && t.inputSchema && typeof t.annotations?.readOnlyHint === "boolean", `${t.name} is not declared in full`);
    assert.equal(Boolean(t.outputSchema), ["search", "fetch"].includes(t.name), `${t.name} answers in the wrong forms`);
  }
  const call = async (name, args) => value(await client.callTool({ name, arguments: args }));
  const { documents } = await call("coda_list_documents", {});
  assert.ok(documents.length >= 12, `only ${documents.length} documents`);
  const { results } = await call("search", { query: "roadmap" });
  assert.ok(results.length > 0, "search found nothing");
  for (const r of results) assert.ok(r.id && r.title && /^https:\/\//.test(r.url), `a bad search result: ${JSON.stringify(r)}`);
  for (const { id } of results.slice(0, 3)) {
    const fetched = await call("fetch", { id });
    assert.equal(fetched.id, id);
    assert.ok(fetched.text && fetched.title && fetched.url, `fetch of ${id} is not complete`);
  }
  if (mark) await append(call, mark);
  return names;
}

// append writes a line to a page and reads it again.
async function append(call, mark) {
  const { documents } = await call("coda_list_documents", {});
  for (const d of documents) {
    const { pages } = await call("coda_list_pages", { document: d.id });
    const page = pages?.find((p) => p.name);
    if (!page) continue;
    const line = `A line for ${mark}.`;
    const done = await call("coda_append_to_page", { document: d.id, page: page.id, content: line });
    assert.match(JSON.stringify(done), /applied/, `the write was not applied: ${JSON.stringify(done)}`);
    const read = await call("coda_get_page", { document: d.id, page: page.id });
    assert.ok(JSON.stringify(read).includes(line), "the line that was written cannot be read");
    return;
  }
  assert.fail("there is no page to write to");
}
