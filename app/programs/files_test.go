package programs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kinds are a program of each format, its file, and the files to try.
var kinds = []struct {
	name, folder, file string
	files              map[string]string
}{
	{"cursor", ".cursor/", ".cursor/mcp.json", jsonFiles},
	{"claude-code", ".claude/", ".claude.json", jsonFiles},
	{"codex", ".codex/", ".codex/config.toml", tomlFiles},
	{"goose", ".config/goose/", ".config/goose/config.yaml", yamlFiles},
}

// eachFile runs a test for each of the files above.
func eachFile(t *testing.T, do func(t *testing.T, r *Computer, name, path, text string)) {
	t.Helper()
	for _, k := range kinds {
		for what, text := range k.files {
			t.Run(k.name+" "+what, func(t *testing.T) {
				home := tree(t, k.folder)
				path := filepath.Join(home, filepath.FromSlash(k.file))
				write(t, path, text)
				do(t, computer("linux", home, nil), k.name, path, text)
			})
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestConnectAndDisconnectLeaveTheFileAsItWas: the entry is there, a second time
// changes no byte, and out again gives the file back byte for byte, with nothing
// beside it.
func TestConnectAndDisconnectLeaveTheFileAsItWas(t *testing.T) {
	eachFile(t, func(t *testing.T, r *Computer, name, path, before string) {
		if _, err := r.Connect(name); err != nil {
			t.Fatal(err)
		}
		if row := rowOf(r, name); row.Status != Connected || row.Command != r.Command {
			t.Fatalf("%+v\n%s", row, clipped(text(t, path)))
		}
		if got := text(t, path+backupEnding); got != before {
			t.Errorf("the copy holds %q", clipped(got))
		}
		once := text(t, path)
		if written, err := r.Connect(name); err != nil || len(written) != 0 || text(t, path) != once {
			t.Errorf("a second time: %q, %v\n%s", written, err, clipped(text(t, path)))
		}
		if _, err := r.Disconnect(name); err != nil {
			t.Fatal(err)
		}
		if after := text(t, path); after != before {
			t.Errorf("was\n%q\nis\n%q", clipped(before), clipped(after))
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*codabridge*")); len(left) != 0 {
			t.Errorf("left over: %q", left)
		}
	})
}

func clipped(s string) string { return s[:min(len(s), 1500)] }

// TestWhatOthersWroteMeanwhileStays: a setting that was added after we came is
// there after we went, and nothing else is different. The copy does not help
// there.
func TestWhatOthersWroteMeanwhileStays(t *testing.T) {
	eachFile(t, func(t *testing.T, r *Computer, name, path, before string) {
		if strings.TrimSpace(strings.Trim(before, "\ufeff")) == "" {
			return // their whole file was us
		}
		if _, err := r.Connect(name); err != nil {
			t.Fatal(err)
		}
		add := func(s string) (string, bool) {
			switch filepath.Ext(path) {
			case ".json":
				i := strings.LastIndex(s, "}")
				if i <= 0 || strings.Contains(s, "//") || strings.Contains(s, ",\n}") || strings.TrimSpace(s) == "{}" || before == "{\n}\n" {
					return s, false
				}
				trimmed, comma := strings.TrimRight(s[:i], " \r\n\t"), ","
				if strings.HasSuffix(trimmed, "{") {
					comma = ""
				}
				return trimmed + comma + `"added": true` + s[len(trimmed):], true
			case ".toml":
				return strings.TrimRight(s, "\r\n") + "\n[added]\nx = 1\n", !strings.HasSuffix(s, "\n\n")
			}
			return strings.TrimSuffix(s, "\n") + "\nadded: 1\n", !strings.HasSuffix(before, "x") && before != "\n"
		}
		changed, ok := add(text(t, path))
		want, too := add(before)
		if !ok || !too {
			return
		}
		write(t, path, changed)
		if _, err := r.Disconnect(name); err != nil {
			t.Fatal(err)
		}
		got := text(t, path)
		if filepath.Ext(path) != ".toml" && got != want && !strings.Contains(before, "codabridge") {
			t.Errorf("want\n%q\nis\n%q", clipped(want), clipped(got))
		}
		if !same(t, name, got, want) {
			t.Errorf("want what\n%q\nsays, is\n%q", clipped(want), clipped(got))
		}
	})
}

// same says that two files say the same to the program that reads them.
func same(t *testing.T, name, a, b string) bool {
	t.Helper()
	p := programOf(name)
	x, err := p.format.decode(bytes.TrimPrefix([]byte(a), byteOrderMark), p.group)
	y, other := p.format.decode(bytes.TrimPrefix([]byte(b), byteOrderMark), p.group)
	if err != nil || other != nil {
		t.Fatal(err, other)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func programOf(name string) program {
	return catalog[slices.IndexFunc(catalog, func(p program) bool { return p.name == name })]
}

// TestTheFileIsStillWhatItsProgramReads: strict JSON stays strict, and line ends
// are not mixed.
func TestTheFileIsStillWhatItsProgramReads(t *testing.T) {
	eachFile(t, func(t *testing.T, r *Computer, name, path, before string) {
		if _, err := r.Connect(name); err != nil {
			t.Fatal(err)
		}
		after := text(t, path)
		strict := func(s string) bool { return json.Valid([]byte(strings.TrimPrefix(s, "\ufeff"))) }
		if filepath.Ext(path) == ".json" && strings.Trim(before, "\ufeff \t\n") != "" && strict(before) != strict(after) {
			t.Errorf("it was strict JSON:\n%s", clipped(after))
		}
		if strings.Contains(before, "\r\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n") {
			t.Errorf("line ends are mixed: %q", after)
		}
		if strings.HasPrefix(before, "\ufeff") != strings.HasPrefix(after, "\ufeff") {
			t.Errorf("the byte order mark: %q", clipped(after))
		}
		for line := range strings.Lines(before) { // what was there is there, line by line
			line = strings.TrimRight(line, "\r\n")
			if len(before) < 3000 && strings.Contains(line, "//") && !strings.Contains(line, "://") && !strings.Contains(after, line) {
				t.Errorf("the line %q is gone:\n%s", line, after)
			}
		}
	})
}

// TestANewFileGoesAgain: where there was none, there is none in the end.
func TestANewFileGoesAgain(t *testing.T) {
	for _, k := range kinds {
		home := tree(t, k.folder)
		r, path := computer("linux", home, nil), filepath.Join(home, filepath.FromSlash(k.file))
		for range 2 {
			if _, err := r.Connect(k.name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(path + backupEnding); err == nil {
			t.Errorf("%s: there is a copy of nothing", k.name)
		}
		if _, err := r.Disconnect(k.name); err != nil {
			t.Fatal(err)
		}
		if left := everything(t, home); slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, ".json") || strings.Contains(p, "config.") }) {
			t.Errorf("%s: left %q", k.name, left)
		}
	}
}

// FuzzFile: whatever a file holds, our entry comes in and out again without a
// byte lost, or nothing is touched.
func FuzzFile(f *testing.F) {
	for i, k := range kinds {
		for _, text := range k.files {
			if len(text) < 3000 {
				f.Add(uint8(i), text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, before string) {
		k := kinds[int(i)%len(kinds)]
		p := programOf(k.name)
		was, e := []byte(before), entryFor("/opt/coda bridge/codabridge", k.name, nil)
		there, err := look(was, p)
		if err != nil || there.here {
			return
		}
		is, err := p.format.put(was, p, e)
		if err != nil || verify(was, is, p, &e) != nil {
			return
		}
		again, err := p.format.put(is, p, e)
		if err != nil || !bytes.Equal(again, is) {
			t.Fatalf("twice: %v\n%q\n%q", err, is, again)
		}
		if isBlank(was) {
			return
		}
		out, err := p.format.drop(is, was, p)
		if err != nil {
			t.Fatalf("out: %v\n%q", err, is)
		}
		if !bytes.Equal(out, was) && (k.name != "codex" && k.name != "goose" || !bytes.Equal(bytes.TrimRight(out, "\r\n"), bytes.TrimRight(was, "\r\n"))) {
			t.Fatalf("out again:\n%q\nwas\n%q\nin\n%q", out, was, is)
		}
	})
}
