// What clients of OpenAPI make of the document: openapi.mjs ISSUER. A client is
// generated from it by openapi-client-axios, and each of its operations is called
// with a key; reading ones with what the demo holds, writing ones with nothing, so
// that they refuse in the described form.
import assert from "node:assert/strict";
import { OpenAPIClientAxios } from "openapi-client-axios";

const origin = process.argv[2], headers = { "X-API-Key": process.env.CODABRIDGE_KEY };
const api = new OpenAPIClientAxios({ definition: `${origin}/openapi.json`, axiosConfigDefaults: { headers, validateStatus: () => true } });
const client = await api.init();
const operations = api.getOperations();
assert.ok(operations.length >= 10 && operations.length <= 30, `${operations.length} operations`);
const { data: first } = await client.coda_list_documents(null, {});
const document = first.documents[0].id;
const args = { search: { query: "plan" }, coda_list_documents: {}, coda_get_document: { document }, coda_list_pages: { document }, coda_list_tables: { document } };
for (const o of operations) {
  const { status, data } = await client[o.operationId](null, args[o.operationId] ?? {});
  if (args[o.operationId]) assert.equal(status, 200, `${o.operationId}: ${status} ${JSON.stringify(data)}`);
  else assert.ok(status === 200 || (data.error && data.error_description), `${o.operationId}: ${status} ${JSON.stringify(data)}`);
}
console.log(`${operations.length} operations called`);
