// Package oauth is an OAuth 2.1 authorization server for one owner. It knows
// neither MCP nor Coda: it registers clients, lets the owner say yes or no to
// each, and hands out and checks tokens.
//
// # The flow
//
//	POST /register                      201 {"client_id": …}            RFC 7591, or a client_id that is a URL (CIMD)
//	GET  /authorize?client_id=…         200 a page with a code          the browser now waits on /authorize/wait
//	     Approve(ctx, "C4N7RX", true)                                   the owner, on the owner's side only
//	GET  /authorize/wait                {"status":"approved","location":"https://…?code=…&state=…&iss=…"}
//	POST /token grant_type=authorization_code                           200 {"access_token": …, "refresh_token": …}
//	     Authenticate(ctx, issuer, token)                               the grant behind a bearer token
//	POST /token grant_type=refresh_token                                200 a new pair
//	POST /revoke token=…                                                200, the connection is gone
//
// A caller puts the issuer of each request and where it came from into its
// context with WithIssuer, WithClientAddr and WithLocalClient; nothing of that
// is ever read from a header here.
//
// # Decisions
//
// Nothing on the public door can approve. The page shows a code; the owner
// gives that code on the owner's side. A stranger's request that comes at the
// same moment and looks the same has another code.
//
// A link to the owner's page may hold a code, and anybody can make one, for a
// request of their own, and show the same code beside it. So a code that came
// by a link is filled in only where the same browser holds that request's
// cookie: the owner's page sends its browser to the public door, which is where
// the cookie belongs, and back. Everywhere else the owner types what their own
// tab shows.
//
// Where a request came from is shown with it, always. A loopback redirect leads
// to the computer of whoever asked, which is this computer only if they came by
// its own door. A client that is answered on its own computer proves nothing by
// its client_id, so its name is its own word even where it is pinned.
//
// A waiting request lives in memory. The browser holds a sealed cookie for each,
// with its number and a digest of what was asked, so sign-ins in one browser
// wait side by side, and a reload, or a poll after the request had to leave,
// brings the very same request back under the same code. Requests are bounded to five an address and 1,000 in
// all, and this is what makes the bound harmless: a browser that is there is
// never shut out, because it asks again. When the room is full the newest
// request that no browser is polling for leaves first (from the address that
// holds the most). So requests that were there before a flood stay, a new
// one always gets in, and it is safe from its first poll on, about a second
// later. Only if 1,000 strangers keep browsers connected do those compete,
// by lot, and each one's next poll brings it back.
//
// Codes are six characters of an alphabet without vowels and look-alikes.
// They come from a counter through a secret permutation, so none repeats
// before all 85 million were used, with no list to keep.
//
// An approval makes the grant at once; the authorization code is made when
// the browser that asked fetches it, so its 60 seconds begin then. A grant
// whose tokens were never fetched leaves by itself.
//
// Tokens are opaque and random, 256 bits, and stored as SHA-256. A refresh
// token's successor (and the access token that comes with it) is an HMAC of
// the old token under a key kept in the database. So a reply that a tunnel
// lost can be repeated word for word within 60 seconds, after a restart too,
// and nothing in plain text is stored. That ends once the successor was used:
// then, and later, use of a rotated token removes the grant. So does the second
// use of a code by whoever could use it first; a code presented with anything
// wrong is spent, and a spent one that is presented so ends nothing.
//
// coda.write includes coda.read. A client that names no scope asks for both.
// The owner narrows and never widens; while the read-only switch is on,
// nothing gets coda.write, and grants that hold it lose it for that time.
//
// Clients whose document URL is well known (ChatGPT, Claude, Claude Code,
// Codex) are pinned here and never fetched. Only documents on a short list of
// vendors' hosts are fetched at all, one at a time, by a function the caller
// guards. A name is shown as verified only when it is pinned; all others are
// shown as what the client calls itself, behind the host its codes go to.
//
// A client that is not known, by a document on a host that is on no list or by
// a client_id of an earlier installation, is listed: a bounded list for the owner,
// and nothing else. No byte is sent and nothing is stored before the owner's
// yes, and that yes makes it known, not approved. When the list is full the
// newest leaves, so that a flood moves none that were there before; the page of
// the unknown client has a sealed link to the owner's page, which puts it on
// the list where no flood moves it. Allowing a host fetches the document once
// and remembers the host only if the document is good. A client that comes back
// is public and has the one redirect address that it showed, which is on the
// list anyway; that is no more than registering anew would give it.
//
// A wrong code costs a try. Twenty may be wrong in a row, then one every three
// seconds is looked at, the right one too: nobody is shut out for longer than
// that. There are 85 million codes and at most 1,000 requests, so at that rate
// a right guess takes three days of somebody who is already on the owner's side.
//
// A refresh that asks for more than was granted gets what was granted. RFC 6749
// section 6 forbids to give more; it would allow an error as well, but clients
// repeat what they first asked for after the owner gave less, and an error
// would cut them off. Scopes that are not ours are ignored everywhere, like none.
//
// All addresses of an issuer are one resource: clients name the root here and
// /mcp there. A token is bound to its issuer.
//
// A clock that jumps back ends what waits, instead of giving it more time.
//
// A client that registered for client_secret_basic may send its secret in
// the body, and the other way round: clients mix them up, and PKCE is
// required of all.
//
// Registration never evicts a client that held a grant, nor one that a
// browser waits for. A flood of registrations is cut down by a rate over
// all, of which a network has only a part: half for an IPv4 /16, a quarter for a
// /24, an eighth for an address. This computer's own door shares with nobody. Clients with a document URL need no registration
// and do not notice.
//
// Cross-origin headers are the caller's business; the metadata, registration,
// token and revocation endpoints are safe to open to any origin without
// credentials, the two authorize endpoints are not meant for other origins.
package oauth
