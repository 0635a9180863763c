package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"codabridge/server/coda/codatest"
)

const changesFile = "changes.db"

// anUpdate changes a row that is there, so that how it was before has to be read.
var anUpdate = map[string]any{"document": alpha, "table": "Things", "rows": []any{map[string]any{"Name": "First", "Note": "Badger"}}, "key_columns": []any{"Name"}}

var rowsAdded atomic.Int64

// recorded tells whether a write's answer names its change.
func recorded(said func(string, map[string]any) string) bool {
	name := fmt.Sprint("Row ", rowsAdded.Add(1)) // the same again would be a repeat
	row := map[string]any{"document": alpha, "table": "Things", "rows": []any{map[string]any{"Name": name}}}
	return strings.Contains(said("coda_create_rows", row), "ch-")
}

func recordSwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	chat := p.local(s.LocalURL)
	if !recorded(chat.said) || !exists(t, p.dir, changesFile) {
		t.Error("on: nothing was recorded")
	}
	p.act("changes/enabled", "on", "false")
	if exists(t, p.dir, changesFile) {
		t.Error("off: the record is there")
	}
	if recorded(p.local(s.LocalURL).said) || exists(t, p.dir, changesFile) {
		t.Error("off: it was recorded")
	}
}

func recordSwitchStdio(t *testing.T) {
	p, _ := serving(t, twoDocs(t))
	s := startStdio(p)
	p.act("changes/enabled", "on", "false")
	if recorded(s.said) || exists(t, p.dir, changesFile) {
		t.Error("off: it was recorded")
	}
	p.act("changes/enabled", "on", "true")
	s.end()
	s = startStdio(p)
	if !recorded(s.said) {
		t.Error("on: nothing was recorded")
	}
	s.end()
}

// blind makes a write whose state before cannot be read, and tells whether it
// was made.
func blind(t *testing.T, coda *codatest.Server, said func(string, map[string]any) string) bool {
	t.Helper()
	coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "listRows", 404 })
	defer coda.Set(func(k *codatest.Knobs) { k.Fail = 0 })
	before := coda.Count("upsertRows")
	said("coda_create_rows", anUpdate)
	return coda.Count("upsertRows") > before
}

func blindSwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w)
	p.act("changes/blind", "on", "false")
	if blind(t, w.coda, p.local(s.LocalURL).said) {
		t.Error("off: it was written blindly")
	}
	p.act("changes/blind", "on", "true")
	if !blind(t, w.coda, p.local(s.LocalURL).said) {
		t.Error("on: it was not written")
	}
}

func blindSwitchStdio(t *testing.T) {
	w := twoDocs(t)
	p, _ := serving(t, w)
	s := startStdio(p)
	p.act("changes/blind", "on", "false")
	if blind(t, w.coda, s.said) {
		t.Error("off: it was written blindly")
	}
	s.end()
}

func changesHTTP(t *testing.T) {
	p, s := serving(t, twoDocs(t), "CODABRIDGE_CHANGES=off")
	if recorded(p.local(s.LocalURL).said) || exists(t, p.dir, changesFile) {
		t.Error("it is off, and was recorded")
	}
}

func changesStdio(t *testing.T) {
	s := piping(t, twoDocs(t), map[string]any{"changes": "off"})
	if recorded(s.said) {
		t.Error("it is off, and was recorded")
	}
	s.end()
}

func blindHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_BLIND_WRITES=false")
	if blind(t, w.coda, p.local(s.LocalURL).said) {
		t.Error("it was written blindly")
	}
}

func blindStdio(t *testing.T) {
	w := twoDocs(t)
	s := piping(t, w, map[string]any{"blind_writes": false})
	if blind(t, w.coda, s.said) {
		t.Error("it was written blindly")
	}
	s.end()
}

func policySwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := p.local(s.LocalURL)
	id := p.awaitPhase("local").Connections[0].ID
	p.act("allow", "connection", id, "policy", "read")
	if out := chat.said("coda_create_rows", oneRow); !strings.Contains(out, "Nothing was written") || chat.sees("coda_create_rows") || w.coda.Count("upsertRows") != 0 {
		t.Errorf("read: %s", out)
	}
	p.act("allow", "connection", id, "policy", "30m")
	if !recorded(chat.said) {
		t.Error("30m: nothing was written")
	}
}

func policySwitchStdio(t *testing.T) {
	w := twoDocs(t)
	p, _ := serving(t, w)
	s := startStdio(p)
	p.act("allow", "connection", "stdio", "policy", "read")
	if out := s.said("coda_create_rows", oneRow); !strings.Contains(out, "Nothing was written") || w.coda.Count("upsertRows") != 0 {
		t.Errorf("read: %s", out)
	}
	p.act("allow", "connection", "stdio", "policy", "write")
	if !recorded(s.said) {
		t.Error("write: nothing was written")
	}
	s.end()
}
