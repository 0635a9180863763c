package main

import (
	"net/http"
	"strings"
	"testing"
)

// The settings that hold something back: what may be written, which docs may
// be touched, what is read into the index.

var oneRow = map[string]any{"document": alpha, "table": "Things", "rows": []any{map[string]any{"Name": "Second"}}}

// readOnlyHTTP: three rooms are given the switch, and each alone would leave
// one of these open.
func readOnlyHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_READ_ONLY=true")
	resp, err := http.Post(s.LocalURL+"/mcp", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("WWW-Authenticate"); !strings.Contains(got, `scope="coda.read"`) {
		t.Errorf("the challenge of the door asks for writing: %s", got)
	}
	chat := p.local(s.LocalURL) // approved with --write
	if chat.tokens["scope"] != "coda.read" {
		t.Errorf("the token may %v", chat.tokens["scope"])
	}
	if out := chat.said("coda_create_rows", oneRow); !strings.Contains(out, "the owner has switched Read-only on") || chat.sees("coda_create_rows") {
		t.Errorf("the tools do not know of it: %s", out)
	}
	if w.coda.Count("upsertRows") != 0 {
		t.Error("it wrote")
	}
}

func readOnlyStdio(t *testing.T) {
	w := twoDocs(t)
	for name, s := range map[string]*pipe{
		"config.json":     piping(t, w, map[string]any{"read_only": true}),
		"a flag":          startStdio(newProgram(t, w.secrets()...), "--read-only"),
		"the environment": startStdio(newProgram(t, append(w.secrets(), "CODABRIDGE_READ_ONLY=true")...)),
	} {
		if out := s.said("coda_create_rows", oneRow); !strings.Contains(out, "the owner has switched Read-only on") || s.sees("coda_create_rows") {
			t.Errorf("by %s: %s", name, out)
		}
		s.end()
	}
	if w.coda.Count("upsertRows") != 0 {
		t.Error("it wrote")
	}
}

// documentsHTTP: the tools and the crawler are each given the list.
func documentsHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_DOCUMENTS="+alpha)
	p.await("a complete index", indexComplete)
	if w.asked(beta) != 0 || w.asked(alpha) == 0 {
		t.Errorf("the crawler asked %d times for a doc that is not on the list", w.asked(beta))
	}
	onlyAlpha(t, p.local(s.LocalURL).said)
	if w.asked(beta) != 0 {
		t.Error("a tool asked for a doc that is not on the list")
	}
}

// documentsStdio reads an index that holds both docs.
func documentsStdio(t *testing.T) {
	w := twoDocs(t)
	p := indexed(t, w)
	before := w.asked(beta)
	s := p.piping(map[string]any{"documents": []string{alpha}})
	onlyAlpha(t, s.said)
	s.end()
	if w.asked(beta) != before {
		t.Error("a tool asked for a doc that is not on the list")
	}
}

func onlyAlpha(t *testing.T, say func(string, map[string]any) string) {
	t.Helper()
	if out := say("coda_list_documents", nil); !strings.Contains(out, alpha) || strings.Contains(out, beta) {
		t.Errorf("list: %s", out)
	}
	if out := say("coda_list_rows", map[string]any{"document": beta, "table": "Things"}); !strings.Contains(out, `"isError":true`) || strings.Contains(out, betaRow) {
		t.Errorf("rows: %s", out)
	}
	if !finds(say, alphaRow) || finds(say, betaRow) {
		t.Error("a search does not find what it may, or finds what it may not")
	}
}

func indexHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_INDEX=off")
	if finds(p.local(s.LocalURL).said, alphaRow) || exists(t, p.dir, "index.db") || s.Index.Enabled {
		t.Errorf("there is an index: %+v", s.Index)
	}
	p, s = serving(t, w, "CODABRIDGE_INDEX=on")
	p.await("a complete index", indexComplete)
	if !finds(p.local(s.LocalURL).said, alphaRow) {
		t.Error("there is no index")
	}
}

func indexStdio(t *testing.T) {
	p := indexed(t, twoDocs(t))
	for value, want := range map[string]bool{"on": true, "off": false} {
		s := p.piping(map[string]any{"index": value})
		if finds(s.said, alphaRow) != want {
			t.Errorf("with the index %s", value)
		}
		s.end()
	}
}

func indexPausedHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_INDEX=paused")
	if finds(p.local(s.LocalURL).said, alphaRow) {
		t.Error("it was read")
	}
	if s, err := p.state(); err != nil || !s.Index.Enabled || !s.Index.Paused || w.coda.Count("listRows") != 0 {
		t.Errorf("%+v %v", s.Index, err)
	}
}

// indexPausedStdio: what was read before the pause can be searched.
func indexPausedStdio(t *testing.T) {
	p := indexed(t, twoDocs(t))
	s := p.piping(map[string]any{"index": "paused"})
	if !finds(s.said, alphaRow) {
		t.Error("a paused index is not searched")
	}
	s.end()
}

func indexExcludeHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_INDEX_EXCLUDE="+beta)
	p.await("a complete index", indexComplete)
	if w.asked(beta) != 0 {
		t.Error("a doc that is left out was asked for")
	}
	if chat := p.local(s.LocalURL); !finds(chat.said, alphaRow) || finds(chat.said, betaRow) {
		t.Error("a search does not find what it may, or finds what it may not")
	}
}

func indexExcludeStdio(t *testing.T) {
	p := indexed(t, twoDocs(t))
	s := p.piping(map[string]any{"index_exclude": []string{beta}})
	if !finds(s.said, alphaRow) || finds(s.said, betaRow) {
		t.Error("a search does not find what it may, or finds what it may not")
	}
	s.end()
}
