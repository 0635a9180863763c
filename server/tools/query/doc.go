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
//     characters, and by contains and starts without accents. An empty checkbox is false.
//   - A cell of several entries equals what any of its entries equals, and
//     counts in the group of each.
//   - What fits no column is sorted after what does, and what is empty last,
//     whichever way.
//   - Amounts in several currencies are told apart in every number and never
//     converted; where they are compared, the answer says so.
//   - A field that is not known is refused: left out in silence it would change
//     the answer. Names that other query languages give it are taken.
//   - A date or name that could be meant otherwise is read in the likely way where
//     the answer says how (Q3, next friday, a name of several people), and refused
//     where two ways are alike (11/12/2026, after "last 30 days").
//   - A date is the day that the document shows; a date with time is the moment,
//     shown by the clock of its document, and a time that names no zone is held
//     against that clock. Days, periods and groups of moments are those of the zone
//     that the caller gives. Days are kept in UTC, which has all of
//     them; a day of the zone begins with its first moment, not with 0:00. A day
//     or period that stands where one moment is compared stands for all of it:
//     "after 2026-11-18" begins when that day is over.
//   - Weeks begin on Monday (ISO 8601).
package query
