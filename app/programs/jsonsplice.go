package programs

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// cut replaces the bytes from one place to another.
type cut struct {
	from, to int
	by       string
}

// splice makes the cuts, which do not overlap.
func splice(text []byte, cuts ...cut) []byte {
	slices.SortFunc(cuts, func(a, b cut) int { return a.from - b.from })
	var out []byte
	at := 0
	for _, c := range cuts {
		out = append(append(out, text[at:c.from]...), c.by...)
		at = c.to
	}
	return append(out, text[at:]...)
}

// writer writes as the file does that it writes into.
type writer struct {
	nl, unit string
	pretty   bool // members stand on lines of their own
	tight    bool // no blanks at all
}

func writerFor(d document) writer {
	w := writer{nl: newline(d.text), unit: "  "}
	w.pretty = bytes.IndexByte(bytes.TrimSpace(d.text), '\n') >= 0 || len(d.root.object.Members) == 0
	w.tight = !w.pretty && !bytes.Contains(d.text, []byte(`": `))
	for _, o := range []*span{&d.root, d.group} {
		if o == nil || len(o.object.Members) == 0 {
			continue
		}
		in, outer := lineIndent(d.text, o.object.Members[0].Name.StartOffset), lineIndent(d.text, o.from)
		if startsLine(d.text, o.object.Members[0].Name.StartOffset) && len(in) > len(outer) && strings.HasPrefix(in, outer) {
			w.unit = in[len(outer):]
			break
		}
	}
	return w
}

// object writes members, whose values are written already, for an object that
// stands in a line with this indentation.
func (w writer) object(indent string, members []pair) string {
	lines := make([]string, len(members))
	for i, m := range members {
		lines[i] = w.member(m)
	}
	switch {
	case w.pretty:
		in := w.nl + indent + w.unit
		return "{" + in + strings.Join(lines, ","+in) + w.nl + indent + "}"
	case w.tight:
		return "{" + strings.Join(lines, ",") + "}"
	}
	return "{" + strings.Join(lines, ", ") + "}"
}

func (w writer) member(m pair) string {
	if w.tight {
		return quote(m.key) + ":" + strings.ReplaceAll(m.value, `", "`, `","`)
	}
	return quote(m.key) + ": " + m.value
}

// inside makes the value of a member that is there already.
func (w writer) inside(text []byte, o span, value func(indent string) string) string {
	return value(lineIndent(text, o.from) + w.unit)
}

// insert puts a member first into an object: neither a trailing comma nor a
// comment after the last member is in its way there. value is told how its line
// is indented.
func (w writer) insert(text []byte, o span, key string, value func(indent string) string) []byte {
	first, empty := o.to-1, len(o.object.Members) == 0
	if !empty {
		first = o.object.Members[0].Name.StartOffset
	}
	indent := lineIndent(text, o.from) + w.unit
	if !empty && startsLine(text, first) {
		indent = lineIndent(text, first)
	}
	write := func(w writer) string { return w.member(pair{key, value(indent)}) }
	line, breaks := afterFirstLine(text, o.from+1, first)
	comma := ","
	if empty {
		comma = ""
	}
	switch {
	case breaks:
		return splice(text, cut{line, line, indent + write(w) + comma + w.nl})
	case !empty:
		w.pretty = false
		if !w.tight {
			comma = ", "
		}
		return splice(text, cut{first, first, w.flat(key, value, indent) + comma})
	case w.pretty && o.to-o.from == 2:
		return splice(text, cut{first, first, w.nl + indent + write(w) + w.nl + lineIndent(text, o.from)})
	}
	return splice(text, cut{o.from + 1, o.from + 1, w.flat(key, value, indent)})
}

// flat is a member on one line, whatever the rest of the file is like.
func (w writer) flat(key string, value func(indent string) string, indent string) string {
	text := w.member(pair{key, value(indent)})
	if !strings.Contains(text, "\n") {
		return text
	}
	v, err := hujson.Parse([]byte(text[strings.Index(text, "{"):]))
	if err != nil {
		return text
	}
	v.Minimize()
	return quote(key) + ": " + string(v.Pack())
}

// afterFirstLine is the place behind the first line end between two places that
// no comment holds.
func afterFirstLine(text []byte, from, to int) (place int, found bool) {
	for i := from; i < to; i++ {
		switch {
		case text[i] == '\n':
			return i + 1, true
		case bytes.HasPrefix(text[i:to], []byte("/*")):
			end := bytes.Index(text[i+2:to], []byte("*/"))
			if end < 0 {
				return 0, false
			}
			i += end + 3
		}
	}
	return 0, false
}

// removal takes a member out, with its comma, and with its line where nothing
// else stands there.
func removal(text []byte, o *hujson.Object, i int) []cut {
	m := o.Members[i]
	from, to := m.Name.StartOffset, m.Value.EndOffset
	var cuts []cut
	if c := to + len(m.Value.AfterExtra); c < len(text) && text[c] == ',' {
		if isBlank(text[to:c]) {
			to = c + 1
		} else {
			cuts = append(cuts, cut{c, c + 1, ""})
		}
		if !startsLine(text, from) {
			for to < len(text) && (text[to] == ' ' || text[to] == '\t') {
				to++
			}
		}
	} else if i > 0 {
		before := o.Members[i-1].Value
		c := before.EndOffset + len(before.AfterExtra)
		cuts = append(cuts, cut{c, c + 1, ""})
		if !startsLine(text, from) && isBlank(text[c+1:from]) {
			from = c + 1
		}
	}
	if end := bytes.IndexByte(text[to:], '\n'); startsLine(text, from) && end >= 0 && isBlank(text[to:to+end]) {
		from, to = from-len(lineIndent(text, from)), to+end+1
	}
	return append(cuts, cut{from, to, ""})
}

// startsLine says that only blanks stand before a place in its line.
func startsLine(text []byte, at int) bool {
	start := bytes.LastIndexByte(text[:at], '\n')
	return start >= 0 && len(bytes.Trim(text[start+1:at], " \t")) == 0
}

// lineIndent are the blanks that begin the line of a place.
func lineIndent(text []byte, at int) string {
	line := text[bytes.LastIndexByte(text[:at], '\n')+1:]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}
