// Package index keeps what the search index knows: the names, texts and rows of
// one account's docs, and the words they are found by (index.db). It speaks in
// those words and hides the database.
//
// # Decisions
//
// It is a copy that can be made again at any time, so it is thrown away rather
// than repaired or migrated, and a power cut may cost its last seconds.
//
// Words are found in two ways. What was written last stands in full-text tables of
// SQLite (FTS5), which take small changes cheaply. Beyond a megabyte of words it
// is sealed into a segment: for each word the list of its places with how often
// and where it stands in them, which Go reads many times faster than FTS5 can be
// asked, and which takes half the room. Of a list the places come first and apart,
// so that what meets several words is found, and what weighs too little is held
// back, before anything else of it is read. Segments never change. A place that does
// is noted as gone in its segment and stands with the last ones again; small
// segments are merged into larger ones, without what is gone. That is done in
// steps, between which other changes are made: the lists of the new segment are
// written while no search looks into it, and it takes the place of the others in
// one small change.
//
// What a segment holds is held to be nothing but bytes, since no one says that
// the file is as it was written: each row has a checksum, which is proven when it
// is read for the first time, and what does not read is no list. Either is
// ErrDamaged, and the index is made anew.
//
// Rows are many and short, so nothing is kept of each beside itself and its words:
// no index of refs or moments, but what is told of each 64 neighbours by id, and,
// while a table is listed, its refs in memory.
//
// When much was changed, Compact gives room that is not needed any more back to
// the disk.
//
// Whose index it is stands in the file. A View proves it in the same moment in
// which it reads, so that no search ever sees another account's words.
package index
