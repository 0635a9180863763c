package programs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAProgramThatWritesAtTheSameMomentLosesNothing: it replaces its file as a
// whole from its own memory, as such programs do, while we come. What it wrote
// last is what stands there.
func TestAProgramThatWritesAtTheSameMomentLosesNothing(t *testing.T) {
	home := tree(t, ".cursor/")
	path := filepath.Join(home, ".cursor", "mcp.json")
	r := computer("linux", home, nil)
	for round := range 20 {
		write(t, path, "{\n  \"n\": 0\n}\n")
		done, began := make(chan error, 1), make(chan struct{})
		go func() {
			close(began)
			for n := 1; n <= 30; n++ {
				beside := path + ".new"
				err := os.WriteFile(beside, fmt.Appendf(nil, "{\n  \"n\": %d\n}\n", n), 0o600)
				if err == nil {
					err = os.Rename(beside, path)
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		<-began
		_, err := r.Connect("cursor") // may give up
		if other := <-done; other != nil {
			t.Fatal(other)
		}
		if is := text(t, path); !strings.Contains(is, "\"n\": 30\n") {
			t.Fatalf("round %d: its last change is lost (connect: %v):\n%s", round, err, is)
		}
	}
}

// TestAChangeOfTheLastMomentIsNotLost: between our last look and the step that
// puts our file in its place, on the way in and on the way out.
func TestAChangeOfTheLastMomentIsNotLost(t *testing.T) {
	home := tree(t, ".cursor/")
	path := filepath.Join(home, ".cursor", "mcp.json")
	write(t, path, "{\n  \"n\": 0\n}\n")
	r, n := computer("linux", home, nil), 0
	r.lastMoment = func() {
		if n%3 != 2 {
			n++
			write(t, path, strings.Replace(text(t, path), fmt.Sprintf(`"n": %d`, n-1), fmt.Sprintf(`"n": %d`, n), 1))
		}
	}
	if _, err := r.Connect("cursor"); err != nil || rowOf(r, "cursor").Status != Connected || !strings.Contains(text(t, path), `"n": 2`) {
		t.Errorf("in: %v\n%s", err, text(t, path))
	}
	n = 3
	write(t, path, strings.Replace(text(t, path), `"n": 2`, `"n": 3`, 1))
	if _, err := r.Disconnect("cursor"); err != nil || text(t, path) != "{\n  \"n\": 5\n}\n" {
		t.Errorf("out: %v\n%s", err, text(t, path))
	}
}
