// Package query answers questions over all rows of a table: conditions, groups,
// numbers made of them, and order. It knows neither Coda's client nor MCP: it
// is given columns and cells, one row after another, and keeps no more of them
// than the answer needs.
//
// # Decisions
//
//   - Numbers are exact decimals (math/big), so money adds up to the cent. An
//     average that does not end is rounded to six decimals.
//   - A cell that does not fit its column, such as the text "n/a" in a number
//     column, matches no number, is in no sum, and is counted in a note.
//   - Text is compared without letter case, typographic quotes and invisible
//     characters. An empty checkbox is false.
//   - A cell of several entries equals what any of its entries equals, and
//     counts in the group of each.
//   - A date is the day that the document shows; a date with time is the moment,
//     in the zone that the caller gives. A day or period that stands where one
//     moment is compared stands for all of it: "after 2026-11-18" begins when
//     that day is over.
//   - Weeks begin on Monday (ISO 8601).
package query
