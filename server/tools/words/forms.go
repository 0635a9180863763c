package words

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"strings"

	"codabridge/server/jsontext"
)

// Address is a text of a cell that holds an address, and what stands around that
// which differs: its frame.
type Address struct {
	Row, Entry        int // the entry of a list, or 0
	text, frame, rest string
}

// Form is what some addresses of a column have in common: their text with ^ where
// they differ.
type Form struct {
	Mark, Text string // what stands before the rest of each that has it
	of         []Address
	begin, end int // bytes of the rest of each that stand in the form
	spared     int // bytes, less those of the form
}

// blank is where the rest of an address goes in a form, and rowName where the name
// of its row does while forms are looked for.
const (
	blank   = "^"
	rowName = "{}"
)

const (
	mostForms   = 20  // of a column: their marks are letters
	fewestOf    = 5   // addresses of one form
	leastOfAll  = 500 // bytes that the forms of a column spare
	leastSpared = 200 // bytes that one spares beside a form that would do as well
)

// parting are what parts of an address and of the name of a file stand between.
const parting = "/?&=#.:-_%+ ,()[]"

// EntriesOf are the entries of a list, or a value by itself as number 0.
func EntriesOf(cell []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		if cell[0] != '[' {
			yield(0, cell)
			return
		}
		n := 0
		for e := range jsontext.Entries(cell) {
			if !yield(n, e) {
				return
			}
			n++
		}
	}
}

// AddressIn takes the JSON of a text apart that holds an address: a link that is
// called as its row is, or as a part of its own address; all of any other differs.
func AddressIn(entry []byte, row string) (a Address, ok bool) {
	text, ok := usualText(entry)
	if !ok || !bytes.Contains(text, []byte("://")) || bytes.ContainsAny(text, rowName) {
		return a, false
	}
	a = Address{text: string(text), frame: blank, rest: string(text)}
	name, link, ok := strings.Cut(strings.TrimPrefix(a.text, "["), "](")
	switch before, after, found := strings.Cut(link, name); {
	case !ok || text[0] != '[' || name == "":
	case name == row:
		a.frame, a.rest = "["+rowName+"]("+blank, link
	case found && !strings.Contains(after, name):
		a.frame, a.rest = "["+blank+"]("+before+blank+after, name
	}
	return a, true
}

// Forms are those that spare most in a column, if together they are worth saying.
// Where the name of a row stands in an address, its form has that of the column in
// braces.
func Forms(of []Address, names string) (out []Form) {
	by := map[string][]Address{}
	for _, a := range of {
		by[a.frame] = append(by[a.frame], a)
	}
	for frame, of := range by {
		forms, _ := formsOf(frame, of, -1)
		out = append(out, forms...)
	}
	slices.SortFunc(out, func(a, b Form) int { return cmp.Or(cmp.Compare(b.spared, a.spared), strings.Compare(a.Text, b.Text)) })
	out = out[:min(len(out), mostForms)]
	all := 0
	for i := range out {
		all += out[i].spared
		out[i].Mark, out[i].Text = blank, strings.Replace(out[i].Text, rowName, "{"+names+"}", 1)
		if len(out) > 1 {
			out[i].Mark += string(rune('a'+i)) + ":"
		}
	}
	if all < leastOfAll {
		return nil
	}
	return out
}

// Each gives the addresses of a form, and what stands for each.
func (f *Form) Each(yield func(a Address, short string) bool) {
	for _, a := range f.of {
		if !yield(a, f.Mark+a.rest[f.begin:len(a.rest)-f.end]) {
			return
		}
	}
}

// formsOf are the forms of addresses of one frame, of which so many bytes stand in
// a form already, or -1: those that go on alike get one of their own where that pays.
// Left are those without any.
func formsOf(frame string, of []Address, before int) (out []Form, left []Address) {
	f := Form{}
	f.begin, f.end = alikeIn(of)
	for _, group := range goOnAlike(of, f.begin) {
		if len(group) >= fewestOf && len(group) < len(of) {
			var own []Form
			own, group = formsOf(frame, group, f.begin)
			out = append(out, own...)
		}
		f.of = append(f.of, group...)
	}
	f.Text = strings.ReplaceAll(frame, blank, of[0].rest[:f.begin]+blank+of[0].rest[len(of[0].rest)-f.end:])
	cost := len(f.Text) + len(`"^a:":"",`)
	f.spared = -cost
	for _, a := range f.of {
		f.spared += len(a.text) - len(a.rest) + f.begin + f.end - len("^a:")
	}
	if len(f.of) < fewestOf || f.spared <= 0 || before >= 0 && len(f.of)*(f.begin-before) <= cost+leastSpared {
		return out, f.of
	}
	return append(out, f), nil
}

// alikeIn says of how many bytes all begin and end alike, in whole parts. Something
// is left of each.
func alikeIn(of []Address) (begin, end int) {
	first, shortest := of[0].rest, len(of[0].rest)
	begin, end = len(first), len(first)
	for _, a := range of[1:] {
		shortest = min(shortest, len(a.rest))
		begin, end = min(begin, shortest), min(end, shortest)
		for a.rest[:begin] != first[:begin] {
			begin--
		}
		for a.rest[len(a.rest)-end:] != first[len(first)-end:] {
			end--
		}
	}
	begin = strings.LastIndexAny(first[:min(begin, shortest-1)], parting) + 1
	end = min(end, shortest-1-begin)
	if at := strings.IndexAny(first[len(first)-end:], parting); at >= 0 {
		return begin, end - at
	}
	return begin, 0
}

// goOnAlike groups addresses by the part that comes next.
func goOnAlike(of []Address, begin int) (groups [][]Address) {
	by := map[string]int{}
	for _, a := range of {
		part := a.rest[begin:]
		part = part[:strings.IndexAny(part, parting)+1]
		at, ok := by[part]
		if !ok {
			at = len(groups)
			by[part], groups = at, append(groups, nil)
		}
		groups[at] = append(groups[at], a)
	}
	return groups
}

// AfterMark is what stands behind the mark of a form in a cell.
func AfterMark(cell string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(strings.TrimSpace(cell), blank)
	if len(rest) > 2 && rest[0] >= 'a' && rest[0] <= 'z' && rest[1] == ':' {
		rest = rest[2:]
	}
	return rest, ok && rest != ""
}

// MayBeFormOf tells that a cell may be what stands for a text by some form.
func MayBeFormOf(text, cell string) bool {
	part, ok := AfterMark(cell)
	for at := 1; ok && at < len(text); at++ {
		n := strings.Index(text[at:], part)
		if n < 0 {
			return false
		}
		at += n
		after := text[at+len(part):]
		if strings.ContainsAny(text[at-1:at], parting) && (after == "" || strings.ContainsAny(after[:1], parting)) {
			return true
		}
	}
	return false
}
