// Package index finds words in the pages and rows of every doc that one
// person may read. It keeps a copy of their texts in its own database, fills
// it by a crawler that stays behind every interactive call, and answers from
// it in milliseconds, always with how complete and how old it is.
//
// # Decisions
//
// The copy belongs to one token of one account. Each search proves that in the
// same moment of the database that it reads; a copy made with another token is
// emptied before anything of it can be seen.
//
// Words are cut here and not by the database: case, accents and letters such
// as ø and ß are folded; writing without spaces (Chinese, Japanese, Thai) and
// Korean is cut letter by letter and found as phrases, so that any part of a
// word is found, however short. The same cutting reads the query.
//
// A text is also found by words that it does not have: the parts of a name
// written in one, a number without its marks, the end of a long word (as a
// beginning, from the last letter to the first), a symbol. Those are stored
// beside its own, marked, so that phrases and statistics stay true. Other
// forms, such as irregular plurals and articles, the query brings along. What
// has only such forms stands behind what has the words. A moment is kept as its
// document's clock shows it, so that its day and time are words, and behind it a
// sign for the zone, by which a hit shows it as all other answers do.
//
// The database finds and this room weighs: names count more than headings and
// headings more than text, and the name of the doc or table around a hit may
// stand for a word of the query. To read and weigh all that fits would take
// long. But of each place it is known how often it has each word, and where, and
// so how much it may weigh at most; places are read in that order until none that
// is left can be among those shown. The hits are then the same as if all had been
// read, which a test holds against a random account.
//
// A query that finds too little is relaxed in steps, never silently at the
// first: each word, then the rarer words, then words one slip away.
//
// A search is bounded, whatever is pasted into it: in characters, in words, in
// time, and in how many are at work. What it left out for that it says.
//
// What is written through codabridge is read at once, beside the crawler, since
// who wrote it looks for it next. Until it is there the answer says so. A process
// that does not crawl brings its own writes there in the same way, one by one.
//
// The crawler is one goroutine with a few short-lived workers. Everything it
// knows is in the database, so it may be killed at any time: a page or a table
// that was begun is read again, one that was done is not.
package index
