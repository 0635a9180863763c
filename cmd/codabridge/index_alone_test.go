package main

import (
	"strings"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/server/coda/codatest"
)

// rowNoting is a row with this name and note.
func rowNoting(name, note string) map[string]any {
	return map[string]any{"document": alpha, "table": "Things", "rows": []any{map[string]any{"Name": name, "Note": note}}}
}

// TestALoneStdioFindsWhatItWrote: nobody crawls while the app does not run, and
// yet its next searches find what it has just written, or say that it is not
// there. The app finds it too when it starts, also what was written last.
func TestALoneStdioFindsWhatItWrote(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	w.coda.Set(func(k *codatest.Knobs) { k.MutationAfter = time.Nanosecond })
	p := indexed(t, w)
	s := startStdio(p)
	write := func(row map[string]any) {
		t.Helper()
		if out := s.said("coda_create_rows", row); strings.Contains(out, `"isError":true`) {
			t.Fatalf("write: %s", out)
		}
	}
	write(rowNoting("Third", "promethium"))
	for late := time.After(30 * time.Second); ; {
		out := s.said("search", map[string]any{"query": "promethium"})
		if strings.Contains(out, "row:") {
			break
		}
		if !strings.Contains(out, "What was written to “Alpha” since") || !strings.Contains(out, "it is being read") {
			t.Fatalf("it is neither found nor said to be missing: %s", out)
		}
		select {
		case <-late:
			t.Fatalf("not found: %s", out)
		case <-time.After(50 * time.Millisecond):
		}
	}
	if !finds(s.said, alphaRow) || !finds(s.said, betaRow) {
		t.Error("what stood there is found no more")
	}
	write(rowNoting("Fourth", "samarium"))
	s.cmd.Process.Kill()
	p.start("serve")
	for row, word := range map[string]string{"Third": "promethium", "Fourth": "samarium"} {
		p.await("the app finds what a lone stdio wrote", func(app.State) bool { return strings.Contains(p.must("search", word), row) })
	}
}

// TestALoneStdioWithoutAnIndexSaysWhatItSearched: there is none to bring
// anything to, and none is made.
func TestALoneStdioWithoutAnIndexSaysWhatItSearched(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	w.coda.Set(func(k *codatest.Knobs) { k.MutationAfter = time.Nanosecond })
	p := newProgram(t, w.secrets()...)
	s := startStdio(p)
	if out := s.said("coda_create_rows", rowNoting("Third", "promethium")); strings.Contains(out, `"isError":true`) {
		t.Fatalf("write: %s", out)
	}
	out := s.said("search", map[string]any{"query": "promethium"})
	if strings.Contains(out, "row:") || !strings.Contains(out, "names") {
		t.Errorf("without an index: %s", out)
	}
	s.end()
	if exists(t, p.dir, "index.db") {
		t.Error("a lone stdio made an index")
	}
}
