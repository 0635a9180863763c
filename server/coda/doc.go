// Package coda talks to the REST API of Coda (since July 2026 named Superhuman
// Docs) for one person with one API token. It knows nothing of MCP.
//
// A Client carries one request limiter for everything that uses it, so a
// program makes one Client and shares it.
//
// # Decisions
//
// Calls are written by hand: generators stop at the official document or give
// code that cannot decode a row. Decoding is lenient on purpose. Enumerations
// and times are strings, a field of an unexpected type is skipped, a missing
// one stays zero: the service adds fields and values before it documents them.
//
// The next page of a list is asked for by its page token alone. The
// nextPageLink of an answer is never followed, since it names a host and a
// request that carries the token goes only to the base the owner chose. For
// the same reason no redirect is followed.
//
// The limiter is a sliding window over the published number of each class of
// requests, so a burst goes at once and no stretch of time of the published
// length ever has more, however Coda counts: by fixed windows, sliding ones or
// a leaking bucket. A request counts from when it is sent until the published
// time and a sixtieth more (100 ms of 6 s) after its answer came: Coda has
// counted it by then, however slow the network was, and its clock need not run
// as ours does. Of a request without an answer, two seconds more.
//
// The table of operations holds every call of the API in our own words. It
// drives Call, which makes any of them after checking the arguments; the calls
// of daily work have methods of their own with types.
//
// Who waits gets a place in the order of asking. A call made with
// WithBackground gets one only when nobody else waits, and all of them together
// half of those that the others leave, so a crawler never stands before a
// person. Of several callers that wait, told apart by WithAsker, who has the
// fewest places goes first. After a 429 all requests of its class wait as long as
// it says, or 2, 6, 18 s, and the class has half its places, of which a tenth comes
// back in each stretch without a refusal: another program may ask with the same
// token, and two that go on knocking let nobody in.
//
// A 429 is refused before anything happens, so it is repeated for every verb;
// a gateway error or a broken connection is repeated for GET only, since a
// write may have been done. Three 429 in a row with no success of any call
// between them mean that waiting does not help: calls then fail at once until
// one succeeds.
//
// An accepted write is queued, and the service can only report it completed,
// never failed. WaitMutation therefore answers applied, queued or unknown.
//
// Answers in memory are bounded for all calls together. Each piece of work holds
// 512 KiB freely; four at a time hold up to 24 MiB each, and the others wait for
// their turn: with 64 calls that is 128 MiB at worst, as text and decoded
// together. An answer is weighed before it is decoded, since small values take
// twenty times their text; the cells of rows stay text until somebody looks. Of
// rows that are too much at once, fewer are asked for.
//
// The download of an export is asked for without the token: its link carries
// its own permission and the storage behind it refuses a second one. It leads to
// the internet only, whatever the answer says.
package coda
