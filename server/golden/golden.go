// Package golden compares what a test made with a file of it that people read
// and keep. A run with -update writes the files anew.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Updating reports whether the files are to be written anew.
func Updating() bool { return *update }

// Check compares got with the file at path.
func Check[T string | []byte](t testing.TB, path string, got T) {
	t.Helper()
	made := []byte(got)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout on Windows may have other line ends.
	kept = bytes.ReplaceAll(kept, []byte("\r\n"), []byte("\n"))
	if bytes.Equal(kept, made) {
		return
	}
	at, was, is := difference(kept, made)
	t.Errorf("%s is not what it was, from line %d on (-update writes it anew):\n- %s\n+ %s", path, at, was, is)
}

// difference is the first line that is not the same, and a few that follow.
func difference(kept, made []byte) (line int, was, is []byte) {
	a, b := bytes.Split(kept, []byte("\n")), bytes.Split(made, []byte("\n"))
	i := 0
	for i < len(a) && i < len(b) && bytes.Equal(a[i], b[i]) {
		i++
	}
	few := func(lines [][]byte) []byte {
		return bytes.Join(lines[min(i, len(lines)):min(i+5, len(lines))], []byte("\n  "))
	}
	return i + 1, few(a), few(b)
}
