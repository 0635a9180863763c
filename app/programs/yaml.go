package programs

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	yamlfile "github.com/goccy/go-yaml"
)

// yaml is the file of Goose: servers stand as blocks below one key of the first
// column. Lines are found by their indentation, and what comes out is read and
// compared as a whole, so that a place found wrongly changes nothing.
type yaml struct{}

func (yaml) keys() (command, args string) { return "cmd", "args" }

func (yaml) decode(text []byte, _ string) (map[string]any, error) {
	var v any
	d := yamlfile.NewDecoder(bytes.NewReader(text))
	err := d.Decode(&v)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, shape(firstLine(err.Error()))
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, shape("it holds more than one document")
	}
	if v == nil {
		return nil, nil
	}
	all, ok := v.(map[string]any)
	if !ok {
		return nil, shape("it holds no list of settings by name")
	}
	return all, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func (yaml) sample(p program, e Entry) []byte {
	return joined(append([]string{p.group + ":\n"}, block(p, e, "  ", "\n")...))
}

// block are the lines of our entry.
func block(p program, e Entry, indent, nl string) []string {
	lines := []string{indent + Name + ":" + nl}
	fields := append([]pair{{"enabled", "true"}}, p.pairs(e)...)
	for _, f := range append(fields, pair{"timeout", "300"}, pair{"envs", "{}"}, pair{"env_keys", "[]"}) {
		lines = append(lines, indent+"  "+f.key+": "+f.value+nl)
	}
	return lines
}

func (f yaml) put(text []byte, p program, e Entry) ([]byte, error) {
	there, err := look(text, p)
	if err != nil {
		return nil, err
	}
	lines, nl := linesOf(text), newline(text)
	g := groupLine(lines, p.group)
	if g < 0 {
		closeLast(lines, nl)
		return joined(append(append(lines, p.group+":"+nl), block(p, e, "  ", nl)...)), nil
	}
	if there.here {
		return f.renew(lines, g, there, p, e, nl)
	}
	indent := "  "
	if first := next(lines, g+1); first < len(lines) && depth(lines[first]) > 0 {
		indent = lines[first][:depth(lines[first])]
	} else {
		key, rest, _ := strings.Cut(lines[g], ":")
		switch value, after, _ := strings.Cut(strings.TrimLeft(rest, " "), " "); strings.TrimRight(value, "\r\n") {
		case "", "{}", "null", "~":
			lines[g] = key + ":" + strings.TrimRight(" "+after, " \r\n") + nl
		}
	}
	closeLast(lines[:g+1], nl)
	return joined(slices.Insert(lines, g+1, block(p, e, indent, nl)...)), nil
}

// renew writes our fields into an entry that is there.
func (yaml) renew(lines []string, g int, there found, p program, e Entry, nl string) ([]byte, error) {
	from, to, err := ourLines(lines, g)
	if err != nil {
		return nil, err
	}
	indent := lines[from][:depth(lines[from])]
	if !there.plain {
		return joined(slices.Replace(lines, from, to, block(p, e, indent, nl)...)), nil
	}
	in := indent + "  "
	if first := next(lines, from+1); first < to {
		in = lines[first][:depth(lines[first])]
	}
	pairs := p.pairs(e)
	for i := len(pairs) - 1; i >= 0; i-- {
		key, value := pairs[i].key, pairs[i].value
		same := key == "cmd" && there.entry.Command == e.Command || key == "args" && quoteAll(there.entry.Args) == value ||
			key != "cmd" && key != "args"
		if same {
			continue
		}
		_, to, _ = ourLines(lines, g)
		at := slices.IndexFunc(lines[from+1:to], func(l string) bool { return depth(l) == len(in) && isKey(l, key) })
		if at < 0 {
			lines = slices.Insert(lines, from+1, in+key+": "+value+nl)
			continue
		}
		at += from + 1
		lines = slices.Replace(lines, at, blockEnd(lines, at), in+key+": "+value+nl)
	}
	return joined(lines), nil
}

func (yaml) drop(text, before []byte, p program) ([]byte, error) {
	lines := linesOf(text)
	g := groupLine(lines, p.group)
	if g < 0 {
		return nil, shape("its entry " + Name + " stands in no lines of its own")
	}
	from, to, err := ourLines(lines, g)
	if err != nil {
		return nil, err
	}
	old := linesOf(before)
	was := groupLine(old, p.group)
	if was >= 0 {
		if a, b, err := ourLines(old, was); err == nil { // made by hand before
			return joined(slices.Replace(lines, from, to, old[a:b]...)), nil
		}
	}
	lines = slices.Delete(lines, from, to)
	if first := next(lines, g+1); first < len(lines) && depth(lines[first]) > 0 {
		return joined(lines), nil
	}
	if was >= 0 {
		lines[g] = old[was]
		return joined(lines), nil
	}
	return joined(slices.Delete(lines, g, g+1)), nil
}

// linesOf are the lines of a text with their ends.
func linesOf(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func joined(lines []string) []byte { return []byte(strings.Join(lines, "")) }

// closeLast gives the last line an end, where the file has none.
func closeLast(lines []string, nl string) {
	if n := len(lines); n > 0 && !strings.HasSuffix(lines[n-1], "\n") {
		lines[n-1] += nl
	}
}

// depth is how many blanks begin a line.
func depth(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// isVoid tells lines that say nothing: blank ones and comments.
func isVoid(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#'
}

// isKey says that a line begins with a key, plain or quoted.
func isKey(line, key string) bool {
	line = strings.TrimLeft(line, " ")
	for _, k := range []string{key, `"` + key + `"`, "'" + key + "'"} {
		rest, ok := strings.CutPrefix(line, k)
		value, colon := strings.CutPrefix(strings.TrimLeft(rest, " "), ":")
		if ok && colon && strings.Trim(value[:min(1, len(value))], " \t\r\n") == "" {
			return true
		}
	}
	return false
}

// next is the first line from i on that says something.
func next(lines []string, i int) int {
	for i < len(lines) && isVoid(lines[i]) {
		i++
	}
	return i
}

// groupLine is the line of a key in the first column, or -1.
func groupLine(lines []string, key string) int {
	return slices.IndexFunc(lines, func(l string) bool { return depth(l) == 0 && isKey(l, key) })
}

// ourLines are the lines of our entry below the line of its group.
func ourLines(lines []string, group int) (from, to int, err error) {
	first := next(lines, group+1)
	if first < len(lines) && depth(lines[first]) > 0 {
		in := depth(lines[first])
		for i := first; i < len(lines) && (isVoid(lines[i]) || depth(lines[i]) >= in); i++ {
			if depth(lines[i]) == in && isKey(lines[i], Name) {
				return i, blockEnd(lines, i), nil
			}
		}
	}
	return 0, 0, shape("its entry " + Name + " stands in no lines of its own")
}

// blockEnd is behind the lines that belong to the key in a line: those that
// stand deeper, and a list in the same column (as serde_yaml writes them).
func blockEnd(lines []string, at int) int {
	in, end := depth(lines[at]), at+1
	for i := at + 1; i < len(lines); i++ {
		listed := depth(lines[i]) == in && strings.HasPrefix(lines[i][in:], "-")
		if !isVoid(lines[i]) {
			if depth(lines[i]) <= in && !listed {
				break
			}
			end = i + 1
		}
	}
	return end
}
