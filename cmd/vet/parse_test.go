package main

import (
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"testing"
)

// TestFilesAreReadTogetherAndKeepTheirOrder, and one that cannot be read is told
// of and left out. It runs under the race detector, which the tests beside it, of
// the whole library of Go, would keep busy for half a minute.
func TestFilesAreReadTogetherAndKeepTheirOrder(t *testing.T) {
	t.Parallel()
	u := &unit{ImportPath: "m", Dir: t.TempDir(), GoFiles: []string{"a.go", "b.go", "broken.go", "c.go"}}
	for i, text := range []string{"package a\n", "package b\n", "package\n", "package c\n"} {
		if err := os.WriteFile(filepath.Join(u.Dir, u.GoFiles[i]), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &checker{set: token.NewFileSet(), known: map[string]*types.Package{}, facts: facts{}}
	names := ""
	for _, f := range c.parse(u) {
		names += f.Name.Name
	}
	if names != "abc" || len(c.lines) != 1 {
		t.Errorf("%q, and told: %q", names, c.lines)
	}
}
