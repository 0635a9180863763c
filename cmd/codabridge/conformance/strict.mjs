// oauth4webapi and openid-client, which hold a server to the letter of the
// OAuth documents: strict.mjs ISSUER.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as oidc from "openid-client";
import { ask, callback, secret } from "./lib.mjs";

const issuer = new URL(process.argv[2]);
const scope = "coda.read coda.write offline_access";
const mcp = (token) => fetch(new URL("/mcp", issuer), { method: "POST", body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...(token && { authorization: `Bearer ${token}` }) } });

// RFC 9728: from the refusal to the resource, from there to the issuer.
const refused = await mcp();
assert.equal(refused.status, 401);
const challenge = refused.headers.get("www-authenticate");
const document = challenge.match(/resource_metadata="([^"]+)"/)[1];
const resource = new URL("/mcp", issuer);
const prm = await oauth.processResourceDiscoveryResponse(resource, await oauth.resourceDiscoveryRequest(resource));
assert.equal(document, new URL("/.well-known/oauth-protected-resource/mcp", issuer).href);
assert.deepEqual(prm.authorization_servers, [issuer.origin]);

// RFC 8414 and RFC 7591.
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2" }));
assert.equal(as.issuer, issuer.origin, "the issuer has a slash or another name");
assert.ok(as.authorization_response_iss_parameter_supported && as.code_challenge_methods_supported.includes("S256"));

for (const method of ["none", "client_secret_post", "client_secret_basic"]) {
  const back = await callback();
  const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as,
    { client_name: `strict ${method}`, redirect_uris: [back.url], token_endpoint_auth_method: method, grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] }));
  assert.equal("client_secret" in client, method !== "none");
  secret(client.client_secret);
  const auth = { none: oauth.None, client_secret_post: oauth.ClientSecretPost, client_secret_basic: oauth.ClientSecretBasic }[method](client.client_secret);

  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const at = new URL(as.authorization_endpoint);
  at.search = new URLSearchParams({ response_type: "code", client_id: client.client_id, redirect_uri: back.url, scope, state, resource: resource.href,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ui_locales: "de-CH" });
  await ask("authorize", at.href);
  const params = oauth.validateAuthResponse(as, client, await back.came, state); // iss too, RFC 9207
  const trade = async (v) => oauth.processAuthorizationCodeResponse(as, client, await oauth.authorizationCodeGrantRequest(as, client, auth, params, back.url, v,
    { additionalParameters: { resource: resource.href } }));
  const tokens = await trade(verifier);
  secret(tokens.access_token); secret(tokens.refresh_token);
  assert.equal(tokens.token_type, "bearer");
  assert.ok(tokens.expires_in > 0 && tokens.scope.includes("coda.write"));
  assert.equal((await mcp(tokens.access_token)).status, 200);

  // RFC 6749 section 6, with rotation.
  const renew = async (token) => oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, auth, token,
    { additionalParameters: { resource: resource.href } }));
  const renewed = await renew(tokens.refresh_token);
  secret(renewed.access_token); secret(renewed.refresh_token);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal((await mcp(renewed.access_token)).status, 200);

  // RFC 7009: what was revoked is over at once, and its refresh token with it.
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, renewed.refresh_token));
  assert.equal((await mcp(renewed.access_token)).status, 401);
  await assert.rejects(renew(renewed.refresh_token), (e) => e.error === "invalid_grant");

  // A wrong verifier gets nothing, and a code works once.
  await assert.rejects(trade(oauth.generateRandomCodeVerifier()), (e) => e.error === "invalid_grant");
  await assert.rejects(trade(verifier), (e) => e.error === "invalid_grant");
}

// The same by openid-client, which does all of it in four calls.
const back = await callback();
const config = await oidc.dynamicClientRegistration(issuer, { client_name: "openid-client", redirect_uris: [back.url], token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"] }, oidc.None(), { algorithm: "oauth2" });
const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
const expectedState = oidc.randomState();
const at = oidc.buildAuthorizationUrl(config, { redirect_uri: back.url, scope, state: expectedState, resource: issuer.origin,
  code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256" });
await ask("authorize", at.href);
const returned = new URL(back.url);
returned.search = await back.came;
const tokens = await oidc.authorizationCodeGrant(config, returned, { pkceCodeVerifier, expectedState }, { resource: issuer.origin });
secret(tokens.access_token); secret(tokens.refresh_token);
const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
secret(renewed.access_token); secret(renewed.refresh_token);
assert.equal((await mcp(renewed.access_token)).status, 200);
await oidc.tokenRevocation(config, renewed.refresh_token);
assert.equal((await mcp(renewed.access_token)).status, 401);
console.log("fine");
process.exit(0);
