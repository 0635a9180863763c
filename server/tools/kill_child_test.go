package tools_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// The child of this test is the test binary itself, which writes, asks and puts
// back until it is killed. It prints what was told to somebody, a line each.
const childOfKills = "CODABRIDGE_TOOLS_CHILD"

// killed is what a child is told.
type killed struct {
	Path, Coda string
	Round      int
}

// desk is the tools of one process over the record, as the program makes them.
type desk struct {
	tools   *tools.Tools
	journal *changes.Journal
	client  *coda.Client
}

func newDesk(path, base string) *desk {
	token := func() (string, error) { return codatest.Token, nil }
	o := coda.Options{Base: func() string { return base }, Token: token, Limits: coda.NoLimits()}
	o.HTTP = &http.Client{Transport: &http.Transport{}}
	d := &desk{client: coda.New(o)}
	d.journal = changes.New(changes.Options{Path: path, Coda: d.client, Alone: true})
	d.tools = tools.New(tools.Options{Coda: d.client, Changes: d.journal, Deadline: 4300 * time.Millisecond,
		Toolset: func() tools.Toolset { return tools.Toolset{Name: tools.FullTools} },
		Policy: func(id string) tools.Policy {
			if id == "asks" {
				return tools.PolicyAsk
			}
			return tools.PolicyWrite
		}})
	return d
}

func (d *desk) close() {
	_ = d.journal.Close()
	d.client.CloseIdleConnections()
}

// add writes a row as one of two connections.
func (d *desk) add(who, name string) string {
	args, _ := json.Marshal(newRow(name))
	ctx := caller.With(context.Background(), caller.Caller{ID: who, Name: who, Reach: caller.Reach{Write: true}})
	text, _, _ := d.tools.Do(ctx, "coda_create_rows", args)
	return text
}

// yes answers the question of a row, if there is one.
func (d *desk) yes(name string) bool {
	all, err := d.journal.Pending(context.Background())
	for _, p := range all {
		if err == nil && strings.Contains(string(p.Arguments), name) {
			return d.journal.Answer(context.Background(), p.ID, true, "") == nil
		}
	}
	return false
}

// refuseAll answers what still waits, of which no more than twenty may.
func (d *desk) refuseAll(t *testing.T) {
	t.Helper()
	all, err := d.journal.Pending(t.Context())
	for _, p := range all {
		if err == nil {
			err = d.journal.Answer(t.Context(), p.ID, false, "")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// childRan is the life of a child, when this process is one.
func childRan() bool {
	var k killed
	if json.Unmarshal([]byte(os.Getenv(childOfKills)), &k) != nil {
		return false
	}
	d := newDesk(k.Path, k.Coda)
	tell := func(what string) { fmt.Println(what) }
	tell("begin")
	var first struct{ Change string }
	_ = json.Unmarshal([]byte(d.add("writes", fmt.Sprintf("w-%d.", k.Round))), &first)
	tell("written " + first.Change)
	asked := fmt.Sprintf("a-%d.", k.Round)
	done := make(chan string, 1)
	go func() { done <- d.add("asks", asked) }()
	for !d.yes(asked) {
		if len(done) > 0 {
			fmt.Fprintln(os.Stderr, "not asked:", <-done)
			return true
		}
		time.Sleep(time.Millisecond)
	}
	tell("yes")
	tell("continued " + <-done)
	_, _ = d.journal.Undo(changes.AsOwner(context.Background()), first.Change, changes.Ask)
	tell("undone")
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
	return true
}
