// Package changes is the file of what was changed through codabridge: who
// changed what, how it was before, and what became of it. Unlike the rooms
// beside it, it holds contents of docs, so it has a file of its own (mode
// 0600) that can be removed without losing anything else.
//
// # Decisions
//
// A change is written down, and is on the disk, before it is sent to Coda;
// what became of it is noted after. So what a program that was killed had sent
// is known to the next one, if not its end: Recover says so of all that were
// under way.
//
// State changes only from the states that the caller names, in one statement,
// so that of two that put the same change back at once one hears no.
//
// The oldest go first: beyond an age and beyond a number of bytes.
package changes
