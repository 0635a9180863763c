// Package store is the file base of what outlives the program: it opens an
// SQLite file of ours, brings its tables up to date, and makes each change in
// one transaction. Two rooms stand on it and know nothing of each other: state,
// which must never be lost, and index, which can be made again.
//
// # Decisions
//
// One file, one writer. All changes go through a single connection and one
// transaction each, so that a code can be spent once and a refresh token be
// rotated once whoever else is asking at that moment. Readers have
// connections of their own: in WAL mode they never wait for a writer.
//
// A change holds the writer no longer than it runs: a panic, too, rolls back
// and gives it on. Whoever waits for the writer waits a bounded time, and then
// hears ErrBusy instead of hanging with a caller that has long given up.
//
// A file that is damaged, comes from a newer program or belongs to another one
// is an Unusable, and never repaired in place; what becomes of it is for the
// room to say. A file that cannot be opened for another reason (no permission,
// disk full, locked) is left where it is.
//
// Nothing runs in the background.
package store
