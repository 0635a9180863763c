package index

import (
	"slices"
	"strings"
)

// To weigh a place, each clause is held against each of its words several times. Of
// queries with some words more it is found out once for each word which clauses it
// may begin, and kept: most words of texts come again and again.

const (
	fewestMarked = 3      // clauses of a query that are worth it
	mostMarks    = 50_000 // words that are kept at once
	isMarked     = 1 << 63
)

// number gives the clauses of a query that is worth it their bits.
func (q *query) number() {
	q.begun = nil
	for i := range q.clauses {
		q.clauses[i].bit = 0
		if n := len(q.clauses); n >= fewestMarked && n < 63 {
			q.clauses[i].bit = 1 << i
		}
	}
}

// mark notes at each word of some parts which clauses may be met from there on.
func (q *query) mark(parts ...[]token) {
	if len(q.clauses) < fewestMarked || q.clauses[0].bit == 0 {
		return
	}
	if q.begun == nil || len(q.begun) > mostMarks {
		q.begun = map[string]uint64{}
	}
	for _, part := range parts {
		for i := range part {
			word := part[i].text
			may, known := q.begun[word]
			if !known {
				may = q.begunBy(word)
				q.begun[word] = may
			}
			part[i].may = may
		}
	}
}

// begunBy tells which clauses a word may begin.
func (q *query) begunBy(word string) uint64 {
	may := uint64(isMarked)
	for i := range q.clauses {
		c := &q.clauses[i]
		longer := len(c.words) == 1 && c.prefix() && strings.HasPrefix(word, c.words[0])
		if longer || c.words[0] == word || slices.Contains(c.other, word) ||
			slices.ContainsFunc(c.dates, func(date []string) bool { return date[0] == word }) {
			may |= c.bit
		}
	}
	return may
}

// misses tells that the clause is not met from a word on.
func (c *clause) misses(t *token) bool { return c.bit != 0 && t.may != 0 && t.may&c.bit == 0 }
