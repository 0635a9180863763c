// Package index keeps what the search index knows: the names, texts and rows of
// one account's docs, and the words they are found by (index.db). It speaks in
// those words and hides the database.
//
// # Decisions
//
// It is a copy that can be made again at any time, so it is thrown away rather
// than repaired or migrated, and a power cut may cost its last seconds.
//
// Whose index it is stands in the file. A View proves it in the same moment in
// which it reads, so that no search ever sees another account's words.
package index
