package programs

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// jsonc is JSON, with comments and trailing commas where the file has them.
type jsonc struct{}

func (jsonc) keys() (command, args string) { return "command", "args" }

// decode leaves everything but the group as the bytes that it is: the file of
// Claude Code is large, and written all the time.
func (jsonc) decode(text []byte, group string) (map[string]any, error) {
	if isBlank(text) {
		return nil, nil
	}
	var top map[string]json.RawMessage
	if !json.Valid(text) {
		strict, err := hujson.Standardize(slices.Clone(text))
		if err != nil {
			return nil, shape(strings.TrimPrefix(err.Error(), "hujson: "))
		}
		text = strict
	}
	if err := json.Unmarshal(text, &top); err != nil || top == nil {
		return nil, shape("it holds no object")
	}
	all := make(map[string]any, len(top))
	for k, v := range top {
		all[k] = v
	}
	if raw, ok := top[group]; ok {
		var v any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return nil, shape(err.Error())
		}
		all[group] = v
	}
	return all, nil
}

func (jsonc) sample(p program, e Entry) []byte {
	w := writer{nl: "\n", unit: "  ", pretty: true}
	return []byte(w.object("", []pair{{p.group, w.object("  ", []pair{{Name, w.object("    ", p.pairs(e))}})}}) + "\n")
}

func (f jsonc) put(text []byte, p program, e Entry) ([]byte, error) {
	if isBlank(text) {
		return bytes.ReplaceAll(f.sample(p, e), []byte("\n"), []byte(newline(text))), nil
	}
	d, err := open(text, p.group)
	if err != nil {
		return nil, err
	}
	w := writerFor(d)
	switch {
	case d.group == nil && d.groupIn >= 0:
		v := d.root.object.Members[d.groupIn].Value
		return splice(text, cut{v.StartOffset, v.EndOffset, w.inside(text, d.root, func(in string) string {
			return w.object(in, []pair{{Name, w.object(in+w.unit, p.pairs(e))}})
		})}), nil
	case d.group == nil:
		return w.insert(text, d.root, p.group, func(in string) string {
			return w.object(in, []pair{{Name, w.object(in+w.unit, p.pairs(e))}})
		}), nil
	case d.entry < 0:
		return w.insert(text, *d.group, Name, func(in string) string { return w.object(in, p.pairs(e)) }), nil
	}
	return f.renew(text, p, e)
}

// renew writes our fields into an entry that is there; what else stands in it
// stays. One that starts no program is replaced.
func (f jsonc) renew(text []byte, p program, e Entry) ([]byte, error) {
	pairs := p.pairs(e)
	for i := len(pairs) - 1; i >= 0; i-- { // a new one goes to the front
		d, err := open(text, p.group)
		if err != nil {
			return nil, err
		}
		w, value := writerFor(d), d.group.object.Members[d.entry].Value
		o, ok := value.Value.(*hujson.Object)
		if !ok || member(o, "command") < 0 {
			whole := w.inside(text, *d.group, func(in string) string { return w.object(in, pairs) })
			return splice(text, cut{value.StartOffset, value.EndOffset, whole}), nil
		}
		at := span{o, value.StartOffset, value.EndOffset}
		if m := member(o, pairs[i].key); m >= 0 {
			v := o.Members[m].Value
			if !sameJSON(text[v.StartOffset:v.EndOffset], pairs[i].value) {
				text = splice(text, cut{v.StartOffset, v.EndOffset, pairs[i].value})
			}
			continue
		}
		text = w.insert(text, at, pairs[i].key, func(string) string { return pairs[i].value })
	}
	return text, nil
}

// sameJSON tells whether a value says already what is to be written.
func sameJSON(is []byte, want string) bool {
	strict, err := hujson.Standardize(slices.Clone(is))
	if err != nil {
		return false
	}
	var a, b any
	return json.Unmarshal(strict, &a) == nil && json.Unmarshal([]byte(want), &b) == nil && equalJSON(a, b)
}

func equalJSON(a, b any) bool {
	x, err := json.Marshal(a)
	y, other := json.Marshal(b)
	return err == nil && other == nil && bytes.Equal(x, y)
}

func (jsonc) drop(text, before []byte, p program) ([]byte, error) {
	d, err := open(text, p.group)
	if err != nil || d.entry < 0 {
		return text, err
	}
	was, err := open(before, p.group)
	if err != nil {
		was = document{entry: -1, groupIn: -1}
	}
	if was.entry >= 0 { // made by hand before: it is as it was
		old, v := was.group.object.Members[was.entry].Value, d.group.object.Members[d.entry].Value
		return splice(text, cut{v.StartOffset, v.EndOffset, string(before[old.StartOffset:old.EndOffset])}), nil
	}
	text = splice(text, removal(text, d.group.object, d.entry)...)
	d, err = open(text, p.group)
	if err != nil || d.group == nil || !d.group.isBlank(text) {
		return text, err
	}
	switch {
	case was.group != nil:
		return emptied(text, *d.group, before, was.group), nil
	case was.groupIn >= 0:
		v := was.root.object.Members[was.groupIn].Value
		return splice(text, cut{d.group.from, d.group.to, string(before[v.StartOffset:v.EndOffset])}), nil
	}
	text = splice(text, removal(text, d.root.object, d.groupIn)...)
	d, err = open(text, p.group)
	if err != nil || was.root.object == nil || !d.root.isBlank(text) {
		return text, err
	}
	return emptied(text, d.root, before, &was.root), nil
}

// emptied gives an object that holds nothing any more the blanks that it had.
func emptied(text []byte, o span, before []byte, was *span) []byte {
	blanks := ""
	if was.isBlank(before) {
		blanks = string(before[was.from+1 : was.to-1])
	}
	return splice(text, cut{o.from + 1, o.to - 1, blanks})
}

// isBlank says that nothing but blanks stands between the braces.
func (o span) isBlank(text []byte) bool {
	return len(o.object.Members) == 0 && isBlank(text[o.from+1:o.to-1])
}

// span is an object and where it stands, with its braces.
type span struct {
	object   *hujson.Object
	from, to int
}

// document is a file with the places that concern us. Of keys that stand twice
// the last one counts, as for every reader of JSON.
type document struct {
	text    []byte
	root    span
	group   *span
	groupIn int // its place among the members of the root, or -1
	entry   int // ours among those of the group, or -1
}

func open(text []byte, group string) (d document, err error) {
	d = document{text: text, groupIn: -1, entry: -1}
	v, err := hujson.Parse(text)
	if err != nil {
		return d, shape(strings.TrimPrefix(err.Error(), "hujson: "))
	}
	root, ok := v.Value.(*hujson.Object)
	if !ok {
		return d, shape("it holds no object")
	}
	d.root = span{root, v.StartOffset, v.EndOffset}
	d.groupIn = member(root, group)
	if d.groupIn < 0 {
		return d, nil
	}
	at := root.Members[d.groupIn].Value
	o, ok := at.Value.(*hujson.Object)
	if !ok {
		if at.Value.Kind() == 'n' {
			return d, nil
		}
		return d, shape("its " + group + " is no list of servers by name")
	}
	d.group = &span{o, at.StartOffset, at.EndOffset}
	d.entry = member(o, Name)
	return d, nil
}

// member is the place of the last member of this name, or -1.
func member(o *hujson.Object, name string) int {
	for i := len(o.Members) - 1; i >= 0; i-- {
		if l, ok := o.Members[i].Name.Value.(hujson.Literal); ok && l.String() == name {
			return i
		}
	}
	return -1
}
