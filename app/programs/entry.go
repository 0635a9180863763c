package programs

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// Entry is what a program is told to run.
type Entry struct {
	// Command is the absolute path of our program.
	Command string
	Args    []string
}

// field is one field of our entry beside command and arguments.
type field struct{ key, value string }

// clientFlag names the program that starts us.
const clientFlag = "--client"

// entryFor is the entry of a program; more are arguments for our own instance.
func entryFor(command, name string, more []string) Entry {
	return Entry{command, slices.Concat([]string{"stdio", clientFlag, name}, more)}
}

// isOurs tells an entry that we have written, for whatever path, from one that
// was made by hand.
func (e Entry) isOurs(name string) bool {
	return len(e.Args) >= 3 && e.Args[0] == "stdio" && e.Args[1] == clientFlag && e.Args[2] == name
}

// ownFlags are those of ours that say who starts which instance, and whether a
// value follows.
var ownFlags = map[string]bool{clientFlag: true, "--data-dir": true, "--demo": false}

// with is the entry with what somebody has added to the arguments of another,
// such as --read-only.
func (e Entry) with(there Entry) Entry {
	if len(there.Args) == 0 || there.Args[0] != "stdio" {
		return e
	}
	args := slices.Clone(e.Args)
	for i := 1; i < len(there.Args); i++ {
		flag, _, joined := strings.Cut(there.Args[i], "=")
		if follows, ours := ownFlags[flag]; !ours {
			args = append(args, there.Args[i])
		} else if follows && !joined {
			i++
		}
	}
	return Entry{e.Command, args}
}

func (e Entry) equal(other Entry) bool {
	return e.Command == other.Command && slices.Equal(e.Args, other.Args)
}

// runsUs tells an entry that starts our program, by whatever name it is kept.
func (e Entry) runsUs() bool {
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(strings.ReplaceAll(e.Command, `\`, "/"))), ".exe")
	return base == Name && slices.Contains(e.Args, "stdio")
}

// format is a kind of file. Texts are without a byte order mark; every error is
// a reason why the file stays as it is.
type format interface {
	// decode is what the file says, the group in particular: of the rest only as
	// much as it takes to compare it.
	decode(text []byte, group string) (map[string]any, error)
	// put writes our entry, in place where there is one.
	put(text []byte, p program, e Entry) ([]byte, error)
	// drop takes our entry out. before is the text that it was put into, as far
	// as it is known: it says what was there already.
	drop(text, before []byte, p program) ([]byte, error)
	// sample is our entry alone, in a file of its own.
	sample(p program, e Entry) []byte
	// keys are those of command and arguments.
	keys() (command, args string)
}

// shape is why a file is not changed: it is not what its program writes.
type shape string

func (s shape) Error() string { return string(s) }

// found is what a file says about us.
type found struct {
	here bool
	// plain says that the entry has the shape of a program to run.
	plain bool
	entry Entry
	// others are names of further entries that run codabridge.
	others []string
}

// look finds our entry.
func look(text []byte, p program) (f found, err error) {
	all, err := p.format.decode(text, p.group)
	if err != nil {
		return f, err
	}
	group, err := groupOf(all, p.group)
	if err != nil {
		return f, err
	}
	for name, v := range group {
		e, plain := entryOf(v, p.format)
		if name == Name {
			f.here, f.plain, f.entry = true, plain, e
		} else if e.runsUs() {
			f.others = append(f.others, name)
		}
	}
	slices.Sort(f.others)
	return f, nil
}

// groupOf is what a key says that holds servers by name.
func groupOf(all map[string]any, name string) (map[string]any, error) {
	group, ok := all[name].(map[string]any)
	if all[name] != nil && !ok {
		return nil, shape("its " + name + " is no list of servers by name")
	}
	return group, nil
}

func entryOf(v any, f format) (e Entry, plain bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return e, false
	}
	command, args := f.keys()
	e.Command, plain = m[command].(string)
	list, _ := m[args].([]any)
	for _, a := range list {
		s, ok := a.(string)
		if !ok {
			return Entry{Command: e.Command}, plain
		}
		e.Args = append(e.Args, s)
	}
	return e, plain
}

// verify holds a changed text against the one before: nothing but our entry may
// differ, and it is there, or is not.
func verify(was, is []byte, p program, want *Entry) error {
	before, err := p.format.decode(was, p.group)
	if err != nil {
		return err
	}
	after, err := p.format.decode(is, p.group)
	if err != nil {
		return shape("it would not be readable afterwards: " + err.Error())
	}
	f, err := look(is, p)
	if err != nil {
		return err
	}
	if want != nil && (!f.here || !f.entry.equal(*want)) {
		return shape("our entry would not be found in it afterwards")
	}
	if !reflect.DeepEqual(without(before, p.group), without(after, p.group)) {
		return shape("more than our entry would change in it")
	}
	return nil
}

// without is all but our entry; a group with nothing else in it is as good as
// none.
func without(all map[string]any, name string) map[string]any {
	rest := map[string]any{}
	for k, v := range all {
		rest[k] = v
	}
	group, ok := rest[name].(map[string]any)
	if !ok {
		if v, there := rest[name]; there && v == nil {
			delete(rest, name)
		}
		return rest
	}
	others := map[string]any{}
	for k, v := range group {
		if k != Name {
			others[k] = v
		}
	}
	rest[name] = others
	if len(others) == 0 {
		delete(rest, name)
	}
	return rest
}

// quote writes a text as JSON does; TOML and YAML read the same between double
// quotes.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // a text can always be written
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007f`)
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// newline is how the lines of a text end.
func newline(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// pair is a field of our entry as it is written: value stands in the notation of
// the file.
type pair struct{ key, value string }

// pairs are the fields of our entry in their order.
func (p program) pairs(e Entry) (all []pair) {
	command, args := p.format.keys()
	for _, f := range p.fields {
		all = append(all, pair{f.key, quote(f.value)})
	}
	return append(all, pair{command, quote(e.Command)}, pair{args, quoteAll(e.Args)})
}

// isBlank says that a text holds nothing but blanks and line ends.
func isBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }
