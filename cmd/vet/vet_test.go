//go:build !race

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWhatOnlyAnotherSystemSeesIsFound: types, what analyzers find, by what
// they noted of another package too, and the files of tests; for the system
// named and for no other.
func TestWhatOnlyAnotherSystemSeesIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                "module example.com/m\n\ngo 1.26\n",
		"say/say.go":            "package say\n\nimport \"fmt\"\n\n// Say prints.\nfunc Say(format string, words ...any) { fmt.Printf(format, words...) }\n",
		"well.go":               "package m\n\nimport \"example.com/m/say\"\n\nfunc Well() { say.Say(\"%d\", 1) }\n",
		"typed/type_windows.go": "package typed\n\nvar T int = \"text\"\n",
		"use_windows.go":        "package m\n\nimport \"example.com/m/say\"\n\nfunc Use() { say.Say(\"%d\", \"text\") }\n",
		"inside_darwin.go":      "package m\n\nfunc inside() int {\n\treturn \"text\"\n}\n",
		"use_windows_test.go":   "package m_test\n\nimport \"example.com/m\"\n\nvar _ = m.Missing\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for system, wanted := range map[string][]string{
		"linux":   nil,
		"windows": {"type_windows.go:3:13: cannot use", "use_windows.go:5:", "use_windows_test.go:5:11: undefined: m.Missing"},
		"darwin":  {"inside_darwin.go:4:9: cannot use"},
	} {
		units, err := list(dir, system)
		if err != nil {
			t.Fatal(err)
		}
		found := check(units)
		for _, want := range wanted {
			if !slices.ContainsFunc(found, func(line string) bool { return strings.Contains(line, want) }) {
				t.Errorf("%s: nothing says %q", system, want)
			}
		}
		if len(found) != len(wanted) {
			t.Errorf("%s: %q, want %d", system, found, len(wanted))
		}
	}
}

// TestWhatIsSoundIsNotCheckedAgain until something of it is another; what is wrong
// is found each time.
func TestWhatIsSoundIsNotCheckedAgain(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("LocalAppData", t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const well, wrong = "package m\n\nfunc f() int { return 1 }\n", "package m\n\nfunc f() int { return \"1\" }\n"
	write("go.mod", "module example.com/m\n\ngo 1.26\n")
	write("go.sum", "")
	write("f.go", well)
	for i, c := range []struct {
		change func()
		known  bool
		wrong  bool
	}{
		{func() {}, false, false}, {func() {}, true, false},
		{func() { write("f.go", wrong) }, false, true}, {func() {}, false, true},
		{func() { write("f.go", well) }, true, false},
		{func() { write("f_test.go", wrong) }, false, true},
		{func() { write("f_test.go", "package m\n") }, false, false}, {func() {}, true, false},
		{func() { write("go.sum", "\n") }, false, false}, {func() {}, true, false},
	} {
		c.change()
		units, err := list(dir, "windows")
		if err != nil {
			t.Fatal(err)
		}
		was, err := soundOf(dir, "windows", units)
		if err != nil || was.known() != c.known {
			t.Errorf("step %d: known %v, %v", i, was.known(), err)
		}
		if lines, err := vet(dir, "windows"); err != nil || (len(lines) > 0) != c.wrong {
			t.Errorf("step %d: %q %v", i, lines, err)
		}
	}
	other, err := list(dir, "darwin")
	if err != nil {
		t.Fatal(err)
	}
	if was, err := soundOf(dir, "darwin", other); err != nil || was.known() {
		t.Errorf("another system is known: %v", err)
	}
}
