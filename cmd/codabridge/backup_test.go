package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// inside are words of the database and of libraries, which no owner has to read.
var inside = regexp.MustCompile(`(?i)sql|constraint|unique|not null|base64|datatype|strconv|unmarshal|map\[|interface|column`)

// TestAHostileBackupIsRefusedInWords: which list of it is not ours, what to do, and
// nothing is changed by it.
func TestAHostileBackupIsRefusedInWords(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	writeConfig(t, p, `{"toolset": "full"}`)
	for name, c := range map[string]struct{ database, says string }{
		"two of one id":       {`{"clients": [{"id": "x"}, {"id": "x"}]}`, "Its list of clients is not as codabridge writes it"},
		"a list for a text":   {`{"clients": [{"id": ["x"]}]}`, "Its list of clients is not"},
		"an object":           {`{"grants": [{"id": {"a": 1}}]}`, "Its list of grants is not"},
		"nothing for an id":   {`{"grants": [{"id": null}]}`, "Its list of grants is not"},
		"a number too large":  {`{"tokens": [{"hash": 1e999}]}`, "Its list of tokens is not"},
		"half a number":       {`{"policies": [{"until": 1.5}]}`, "Its list of policies is not"},
		"of nobody":           {`{"tokens": [{"grant_id": "nobody"}]}`, "Its list of tokens is not"},
		"another table":       {`{"sqlite_master": [{"name": "x"}]}`, "newer codabridge"},
		"a statement":         {`{"clients": [{"id) VALUES (1); DROP TABLE grants; --": 1}]}`, "newer codabridge"},
		"a list of no things": {`{"clients": [1, 2]}`, "no backup of codabridge"},
		"no list":             {`{"clients": "x"}`, "no backup of codabridge"},
		"zeros":               {"{\"clients\": [{\"id\": \"\u0000\"}]}", "no backup of codabridge"},
	} {
		file := p.home(map[string]string{"bad.json": fmt.Sprintf(`{"codabridge_backup": 1, "config": {"toolset": "core"}, "database": %s}`, c.database)})("bad.json")
		out, exit := p.run("backup", "--restore", file)
		said := strings.ReplaceAll(out, file, "")
		if exit != 1 || !strings.Contains(said, "not restored") || !strings.Contains(said, c.says) || inside.MatchString(said) {
			t.Errorf("%s: %d %s", name, exit, out)
		}
		if kept, _ := filepath.Glob(filepath.Join(p.dir, "before-restore-*")); len(kept) != 0 {
			t.Errorf("%s: it keeps %v", name, kept)
		}
	}
	after := filepath.Join(p.dir, "..", "after.json")
	p.must("backup", after)
	is, err := os.ReadFile(after)
	if err != nil || !strings.Contains(string(is), `"toolset": "full"`) || strings.Contains(string(is), `"id"`) {
		t.Errorf("something was changed: %s %v", is, err)
	}
}
