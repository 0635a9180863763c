// Package codatest is a Coda made of memory: it answers the part of the REST
// API that a person's daily work uses, over real HTTP, with the habits of the
// real service. Tests of every room use it, and so does the demo, which is why
// it needs nothing of a test.
//
// # Decisions
//
// It is written from the API's description and from what others measured on
// the live service, not from our client: package codaspec checks each request
// that it gets, and each answer that it gives, against the official document.
//
// Everything that the real service does only at times (slowness, refusals,
// odd answers) is a field of Knobs, off by default, and may be changed while
// requests run.
//
// Writes are queued like the real ones and become visible when they are done:
// after some polls of their status, or after some time, whichever is first.
// That is looked at when a request comes, so there is no goroutine for it.
//
// A page is kept as a list of elements, each a line with an id that survives
// edits of its neighbours, since edits relative to an element are how a page
// is changed without losing the rest.
package codatest
