package index

import (
	"fmt"
	"strings"
	"unicode"
)

// A search is work that a client makes others wait for, and that a pasted
// paragraph makes by accident; so what is looked for has bounds.
const (
	mostCharacters = 1000 // of a query
	mostWords      = 32   // of a query, counted after cutting
	mostPhrase     = 12   // words that stand side by side
	mostClauses    = 32   // words and phrases that are looked for
	mostPieces     = 32   // parts of a query that are read
)

// clipQuery gives the beginning of a query that is too long, up to where a
// word ends.
func clipQuery(text string) (clipped string, tooLong bool) {
	n := 0
	for at := range text {
		if n == mostCharacters {
			text, tooLong = text[:at], true
			break
		}
		n++
	}
	if sp := strings.LastIndexFunc(text, unicode.IsSpace); tooLong && sp > len(text)-longestWord {
		text = text[:sp]
	}
	return text, tooLong
}

// allowance counts the words of a query.
type allowance struct {
	left                  int
	phraseCut, wordsTaken bool
}

// clip leaves of a piece the words that may still be looked for, and tells
// whether there are any.
func (a *allowance) clip(p piece) (piece, bool) {
	most := a.left
	if p.quoted || p.field == "doc" || p.not { // what is longer is cut into several phrases elsewhere
		most = min(most, mostPhrase)
	}
	n := 0
	s := scanner{text: p.text}
	for t, ok := s.next(); ok; t, ok = s.next() {
		if n == most {
			a.phraseCut = a.phraseCut || most == mostPhrase
			a.wordsTaken = a.wordsTaken || most == a.left
			p.text = p.text[:t.start]
			break
		}
		n++
	}
	a.left -= n
	return p, n > 0 || most > 0
}

// sayBounds says what of a query was not looked for.
func (q *query) sayBounds(a allowance, tooLong bool) {
	if len(q.clauses) == 0 && strings.TrimSpace(q.text) != "" {
		q.odd = append(q.odd, "Punctuation alone is not looked for: give letters, digits or pictures.")
	}
	if tooLong {
		q.odd = append(q.odd, "Only the first 1,000 characters of the query were read.")
	}
	if a.phraseCut {
		q.odd = append(q.odd, fmt.Sprintf("A phrase of more than %d words was looked for by its first %d.", mostPhrase, mostPhrase))
	}
	switch {
	case q.cut && q.wordCount() == 0:
		q.odd = append(q.odd, fmt.Sprintf("Only the first %d parts of the query were read.", mostPieces)+q.without())
	case q.cut:
		q.odd = append(q.odd, fmt.Sprintf("Only the first %d words were looked for.", q.wordCount())+q.without())
	case a.wordsTaken:
		q.odd = append(q.odd, fmt.Sprintf("Only the first %d words of the query were read.", mostWords)+q.without())
	}
}

// leave notes a piece that is not looked for.
func (q *query) leave(p piece) {
	if p.field == "" && !p.not && len(cut(p.text)) > 0 {
		q.leftOut = append(q.leftOut, "“"+clipText(p.text, 60)+"”")
	}
}

// dropClauses keeps those clauses that are looked for.
func (q *query) dropClauses() {
	for i := range q.clauses[mostClauses:] {
		q.leftOut = append(q.leftOut, "“"+clipText(q.clauses[mostClauses+i].said(), 60)+"”")
	}
	q.clauses = q.clauses[:mostClauses]
}

// without names the clauses that were dropped, each once, and none that is looked
// for elsewhere in the query.
func (q *query) without() string {
	known := map[string]bool{}
	for _, c := range q.clauses {
		known["“"+clipText(c.said(), 60)+"”"] = true
	}
	var names []string
	for _, name := range q.leftOut {
		if !known[name] {
			known[name] = true
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " Left out: " + listed3(names) + "."
}

func (q *query) wordCount() int {
	n := 0
	for _, c := range q.clauses {
		n += len(c.words)
	}
	return n
}

// inPhrases cuts a clause into such of at most mostPhrase words.
func inPhrases(c clause) []clause {
	var out []clause
	for at := 0; at < len(c.words); at += mostPhrase {
		part, to := c, min(at+mostPhrase, len(c.words))
		part.words, part.raw = c.words[at:to], c.raw[at:to]
		out = append(out, part)
	}
	return out
}
