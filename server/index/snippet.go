package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	store "codabridge/server/store/index"
)

// unit separates the values of a row and the columns of a table.
const unit = "\x1f"

// snippetLength is about how many bytes of text a hit shows.
const snippetLength = 200

// isHeading tells the heading lines of a stored page.
func isHeading(line string) bool { return strings.HasPrefix(line, "# ") }

// text is what a hit shows.
func (s *search) text(c candidate) string {
	if c.shown {
		return shownMoments(c.text)
	}
	return shownMoments(s.q.snippet(c.Hit))
}

// snippet shows the part of a hit that fits best, with the words that were
// looked for marked as **bold**. It is empty where only the name fits.
func (q *query) snippet(h store.Hit) string {
	text := h.Body
	switch h.Kind {
	case store.Rows:
		text = rowText(h)
	case store.Tables:
		text = strings.ReplaceAll(h.Columns, unit, " · ")
	}
	return q.show(h.Kind, text, q.marks(text, tokens(text)))
}

// show is the part of a text with the most marks.
func (q *query) show(kind int, text string, marks []span) string {
	if len(marks) == 0 {
		if kind == store.Rows {
			return oneLine(clipText(text, snippetLength))
		}
		return ""
	}
	from, to := window(text, marks)
	var b strings.Builder
	if from > 0 {
		if head := headingAbove(text, from); head != "" {
			b.WriteString(head + ": ")
		}
		b.WriteString("…")
	}
	at := from
	for _, m := range marks {
		if m.start < at || m.end > to {
			continue
		}
		b.WriteString(text[at:m.start] + "**" + text[m.start:m.end] + "**")
		at = m.end
	}
	b.WriteString(text[at:to])
	if to < len(text) {
		b.WriteString("…")
	}
	return oneLine(b.String())
}

// span is a part of a text.
type span struct{ start, end int }

// marks are the places of a text where the query's words stand, in their
// order; in are the words of the text.
func (q *query) marks(text string, in []token) []span {
	out := q.looseSpans(text, in)
	for i := 0; i < len(in); i++ {
		longest := 0
		for k := range q.clauses {
			c := &q.clauses[k]
			switch v := c.at(in, i); {
			case v == 0:
			case c.dated(in, i) > 0:
				longest = max(longest, c.dated(in, i))
			case v == 0.6:
				longest = max(longest, 1)
			default:
				longest = max(longest, len(c.words))
			}
		}
		if longest > 0 {
			out = append(out, span{in[i].start, in[i+longest-1].end})
			i += longest - 1
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	return out
}

// window is the stretch of text with the most marks in it, cut at spaces.
func window(text string, marks []span) (from, to int) {
	best, most := 0, 0
	for i := range marks {
		n := 0
		for k := i; k < len(marks) && marks[k].end-marks[i].start < snippetLength; k++ {
			n++
		}
		if n > most {
			best, most = i, n
		}
	}
	from = max(0, marks[best].start-snippetLength/4)
	to = min(len(text), max(from+snippetLength, marks[best].end))
	if nl := strings.LastIndexByte(text[from:marks[best].start], '\n'); nl >= 0 {
		from += nl + 1
	} else if from > 0 {
		from = spaceAfter(text, from, marks[best].start)
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	if to < len(text) {
		if sp := strings.LastIndexAny(text[marks[best].end:to], " \n"); sp > 0 {
			to = marks[best].end + sp
		}
	}
	return from, to
}

func spaceAfter(text string, from, before int) int {
	if sp := strings.IndexAny(text[from:before], " \n"); sp >= 0 {
		return from + sp + 1
	}
	for from < before && !utf8.RuneStart(text[from]) {
		from++
	}
	return from
}

// headingAbove is the heading under which a place of a page stands.
func headingAbove(text string, at int) string {
	head := ""
	for line := range strings.Lines(text[:at]) {
		if isHeading(line) {
			head = strings.TrimSpace(strings.TrimPrefix(line, "# "))
		}
	}
	return clipText(head, 80)
}

// rowText names the values of a row.
func rowText(h store.Hit) string {
	columns := strings.Split(h.Columns, unit)
	var out []string
	for i, v := range strings.Split(h.Body, unit) {
		switch {
		case v == "":
		case i < len(columns) && columns[i] != "":
			out = append(out, columns[i]+": "+v)
		default:
			out = append(out, v)
		}
	}
	return strings.Join(out, " · ")
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\n# ", " ")), " ")
}

func clipText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
