// Package changes keeps a record of each write that goes to Coda, with how it
// was before, and puts writes back. It knows neither MCP nor pages: who makes a
// write is the caller of the context, and what a write does is its operation of
// the API with its arguments.
//
// # Decisions
//
// Journal.Do is the one way for a write to Coda. It reads how it is, writes that
// down, sends, and notes what became of it; a write that cannot be written down
// is not made.
//
// What is compared when a change is put back is how it was, what was written and
// how it is now. What still holds what was written is put back without a
// question; what was changed since is shown, and put back only by a second word.
// How it is after a write is not read: that would cost each write a request for
// the sake of the few that are put back.
//
// Putting back is made of writes like any other, each with a record of its own
// that says what it puts back. So it can be put back too, and a program that is
// killed in the middle leaves behind which of them were made.
//
// A call that waits for the owner holds nothing: its place is another's and what it
// had read is let go. Every decision wakes it (Options.Changed), and it looks
// whether a yes is needed still and would help still; so no question outlives its
// reason, and no call its permission. A question stays when a call's patience ends,
// and is taken back when who asked has left.
//
// What was taken away and put back has another id. The journal remembers which,
// so that an older change of the same thing can still be put back.
package changes
