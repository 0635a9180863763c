package programs

import (
	"bytes"
	"strings"

	tomlfile "github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// toml is the file of Codex.
type toml struct{}

func (toml) keys() (command, args string) { return "command", "args" }

func (toml) decode(text []byte, _ string) (map[string]any, error) {
	all := map[string]any{}
	if err := tomlfile.Unmarshal(text, &all); err != nil {
		return nil, shape(strings.TrimPrefix(err.Error(), "toml: "))
	}
	return all, nil
}

func (toml) sample(p program, e Entry) []byte { return []byte(table(p, e, "\n")) }

func table(p program, e Entry, nl string) string {
	lines := []string{"[" + p.group + "." + Name + "]"}
	for _, f := range p.pairs(e) {
		lines = append(lines, f.key+" = "+f.value)
	}
	return strings.Join(lines, nl) + nl
}

func (f toml) put(text []byte, p program, e Entry) ([]byte, error) {
	there, err := look(text, p)
	if err != nil {
		return nil, err
	}
	if !there.here {
		made := appended(text, table(p, e, newline(text)))
		if _, err := f.decode(made, ""); err != nil {
			return nil, shape("its " + p.group + " stands on one line, in braces, where no table can be added; write it as tables such as [" + p.group + ".NAME] first")
		}
		return made, nil
	}
	t, err := tablesOf(text, p.group)
	if err != nil {
		return nil, err
	}
	if !there.plain {
		return appended(splice(text, t.lines...), table(p, e, newline(text))), nil
	}
	var cuts []cut
	for _, f := range p.pairs(e) {
		v, ok := t.values[f.key]
		if !ok {
			cuts = append(cuts, cut{t.body, t.body, f.key + " = " + f.value + newline(text)})
		} else if (f.key == "command" && there.entry.Command != e.Command) || (f.key == "args" && quoteAll(there.entry.Args) != f.value) {
			cuts = append(cuts, cut{v.from, v.to, f.value})
		}
	}
	return splice(text, cuts...), nil
}

func (toml) drop(text, before []byte, p program) ([]byte, error) {
	t, err := tablesOf(text, p.group)
	if err != nil {
		return nil, err
	}
	rest := splice(text, t.lines...)
	if was, err := look(before, p); err == nil && was.here { // made by hand before
		old, err := tablesOf(before, p.group)
		if err != nil {
			return nil, err
		}
		for _, l := range old.lines {
			rest = appended(rest, strings.TrimLeft(string(before[l.from:l.to]), "\r\n"))
		}
	}
	return rest, nil
}

// appended puts a block behind a text, with an empty line between them.
func appended(text []byte, block string) []byte {
	nl := newline(text)
	out := append([]byte{}, text...)
	if isBlank(text) {
		return append(out, block...)
	}
	if out[len(out)-1] != '\n' {
		out = append(out, nl...)
	}
	return append(append(out, nl...), block...)
}

// tables is where our entry stands in a file of TOML.
type tables struct {
	lines  []cut          // its tables and those below them, each with the empty line before
	values map[string]cut // the values of its own table
	body   int            // behind the line that heads it
}

// tablesOf finds the tables of our entry. One that stands in a line of another
// table is for the person who wrote it so.
func tablesOf(text []byte, group string) (t tables, err error) {
	t.values = map[string]cut{}
	in, own, found := false, false, false
	p := unstable.Parser{}
	p.Reset(text)
	for p.NextExpression() {
		node := p.Expression()
		key, first, last := keyOf(node)
		switch node.Kind {
		case unstable.Table, unstable.ArrayTable:
			in = len(key) >= 2 && key[0] == group && key[1] == Name
			own = in && len(key) == 2 && node.Kind == unstable.Table
			if in {
				head := bytes.LastIndexByte(text[:first], '\n') + 1
				t.lines = append(t.lines, cut{emptyBefore(text, head), lineEnd(text, last), ""})
			}
			if own {
				found, t.body = true, lineEnd(text, last)
			}
		case unstable.KeyValue:
			if !in {
				continue
			}
			end := int(node.Raw.Offset + node.Raw.Length)
			t.lines[len(t.lines)-1].to = lineEnd(text, end)
			if own && len(key) == 1 {
				value := last + bytes.IndexByte(text[last:], '=') + 1
				value += len(text[value:]) - len(bytes.TrimLeft(text[value:], " \t"))
				t.values[key[0]] = cut{value, end, ""}
			}
		}
	}
	if err := p.Error(); err != nil {
		return t, shape(err.Error())
	}
	if !found {
		return t, shape("its entry " + Name + " stands in a line of another table")
	}
	return t, nil
}

// keyOf are the parts of a key, and where the first begins and the last ends.
func keyOf(node *unstable.Node) (parts []string, first, last int) {
	first = -1
	for it := node.Key(); it.Next(); {
		k := it.Node()
		if k.Kind != unstable.Key {
			continue // a comment at the end of the line
		}
		parts = append(parts, string(k.Data))
		if first < 0 {
			first = int(k.Raw.Offset)
		}
		last = int(k.Raw.Offset + k.Raw.Length)
	}
	return parts, first, last
}

// lineEnd is behind the line end that follows a place.
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// emptyBefore is where the empty line before a line begins, or the line itself.
func emptyBefore(text []byte, line int) int {
	for _, nl := range []string{"\n\r\n", "\n\n"} {
		if bytes.HasSuffix(text[:line], []byte(nl)) {
			return line - len(nl) + 1
		}
	}
	return line
}
