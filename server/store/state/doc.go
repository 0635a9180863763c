// Package state keeps what must outlive the program: the clients that
// registered, the grants the owner gave them, the hashes of their tokens and
// codes, a few settings, and the last calls that were made.
//
// It speaks in those words and hides the database (state.db). No caller writes
// SQL, and no secret in plain text passes through here: tokens, codes and
// client secrets arrive as SHA-256 hashes.
//
// # Decisions
//
// What is acknowledged is on the disk: synchronous=FULL for everything except
// activity rows, which are written with synchronous=NORMAL. A power cut may
// cost the last few of those and nothing else.
//
// To revoke is to delete: a grant's tokens and codes go with it. There is no
// flag that one query may forget to ask for. A client that ever held a grant
// is marked, and stays for ever.
//
// A file that is damaged, comes from a newer program or belongs to another
// one is moved aside under a name with the time in it, together with its -wal
// and -shm files, and Open says so in a notice. It is never replaced silently.
//
// Nothing runs in the background. Rows that have expired are removed on the
// way, by a write, at most once in ten minutes.
package state
