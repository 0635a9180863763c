package tools_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/changes"
)

// kills is one run of the test.
type kills struct {
	t       *testing.T
	fake    *codatest.Server
	base    string
	path    string
	random  *rand.Rand
	left    atomic.Int64 // requests until the child is killed; below zero is never
	late    atomic.Int64 // µs after that request
	child   atomic.Pointer[os.Process]
	settled map[string]int // how the rounds ended, for the log
}

// check kills the child at a request.
func (k *kills) check(*http.Request, []byte) error {
	if k.left.Add(-1) != 0 {
		return nil
	}
	child := k.child.Load() // of the round, which begins when the one before is gone
	if late := time.Duration(k.late.Load()) * time.Microsecond; late > 0 {
		time.AfterFunc(late, func() { _ = child.Kill() })
		return nil
	}
	_ = child.Kill()
	return fmt.Errorf("the child is dead")
}

// round has a child killed at a point, and gives what it had told until then.
func (k *kills) round(n int) string {
	k.t.Helper()
	point := k.random.IntN(3)
	k.left.Store(-1)
	if point < 2 {
		k.left.Store(int64(1 + k.random.IntN(20)))
		k.late.Store(int64(point * k.random.IntN(4000)))
	}
	told, err := json.Marshal(killed{Path: k.path, Coda: k.base, Round: n})
	if err != nil {
		k.t.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childOfKills+"="+string(told))
	var said, errs bytes.Buffer
	out, err := child.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	in, err := child.StdinPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	defer in.Close()
	child.Stderr = &errs
	if err := child.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.child.Store(child.Process)
	lines := bufio.NewScanner(io.TeeReader(out, &said))
	for lines.Scan() {
		switch {
		case lines.Text() == "begin" && point == 2:
			time.Sleep(time.Duration(k.random.IntN(120_000)) * time.Microsecond) // any moment will do
			_ = child.Process.Kill()
		case lines.Text() == "undone":
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	k.left.Store(-1)
	if errs.Len() > 0 {
		k.t.Fatalf("round %d: %s", n, &errs)
	}
	return said.String()
}

// sent counts the requests that Coda has had for a row.
func (k *kills) sent(name string) (n int) {
	for _, r := range k.fake.Requests() {
		if r.Operation == "upsertRows" && r.Status < 300 && strings.Contains(string(r.Body), `"`+name+`"`) {
			n++
		}
	}
	return n
}

// records are those of writes of a row.
func (k *kills) records(name string) (found []store.Record) {
	k.t.Helper()
	file, _, err := store.Open(k.path)
	if err != nil {
		k.t.Fatal(err)
	}
	defer file.Close()
	all, err := file.List(k.t.Context(), store.Filter{})
	if err != nil {
		k.t.Fatal(err)
	}
	for _, r := range all {
		whole, err := file.Get(k.t.Context(), r.ID)
		if err != nil {
			k.t.Fatal(err)
		}
		if r.Operation == "upsertRows" && strings.Contains(string(whole.Args), name) {
			found = append(found, r)
		}
	}
	return found
}

// TestKilledAtAnyPoint of a write, of one that the owner said yes to, and of
// putting back: nothing is done without a record of it, nothing twice, and no yes
// is lost or works twice.
func TestKilledAtAnyPoint(t *testing.T) {
	t.Parallel()
	rounds := 10
	if os.Getenv("CODABRIDGE_SOAK") != "" {
		rounds = 200
	}
	k := &kills{t: t, path: filepath.Join(t.TempDir(), "changes.db"), random: rand.New(rand.NewPCG(20261127, 12)), settled: map[string]int{}}
	k.left.Store(-1)
	k.fake = codatest.New(codatest.Options{Workspace: workspace(), Check: k.check, Knobs: codatest.Knobs{Delay: time.Millisecond}})
	if err := k.fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.fake.Close() })
	k.base = k.fake.URL()
	for n := range rounds {
		said := k.round(n)
		next := newDesk(k.path, k.base)
		k.afterWrite(next, n, said)
		k.afterYes(next, n, said)
		next.refuseAll(t)
		next.close()
		if t.Failed() {
			t.Fatalf("round %d: the child had told %q", n, said)
		}
	}
	t.Logf("%d kills: %v", rounds, k.settled)
}

// afterWrite: what was sent is on record, and is put back once whatever had begun.
func (k *kills) afterWrite(next *desk, n int, said string) {
	k.t.Helper()
	name := fmt.Sprintf("w-%d.", n)
	owner := changes.AsOwner(k.t.Context())
	if _, err := next.journal.List(owner, changes.Query{Limit: 1}); err != nil { // opens the file, as the next program does
		k.t.Fatal(err)
	}
	records, sent := k.records(name), k.sent(name)
	switch {
	case len(records) > 1 || sent > 1:
		k.t.Errorf("%s: %d records and sent %d times", name, len(records), sent)
	case sent > len(records):
		k.t.Errorf("%s was sent and is not on record", name)
	case strings.Contains(said, "written ch-") && len(records) == 0:
		k.t.Errorf("%s was told to be written and is not on record", name)
	case len(records) == 0:
		k.settled["not begun"]++
		return
	}
	r := records[0]
	k.settled["written: "+string(r.State)]++
	if r.State == store.Sent || r.State == store.Undoing {
		k.t.Errorf("%s is %s still", name, r.State)
	}
	for range 2 {
		if out, err := next.journal.Undo(owner, r.ID, changes.All); err != nil || !out.Done {
			k.t.Errorf("%s, %s, cannot be put back: %+v %v", name, r.State, out, err)
		}
	}
	if left := k.rows(next, name); left != 0 {
		k.t.Errorf("%s is there %d times after it was put back", name, left)
	}
}

// afterYes: the same call again goes on where the yes was not used, and asks where
// it was.
func (k *kills) afterYes(next *desk, n int, said string) {
	k.t.Helper()
	name := fmt.Sprintf("a-%d.", n)
	before, sent := k.records(name), k.sent(name)
	if len(before) > 1 || sent > len(before) {
		k.t.Errorf("%s: %d records and sent %d times", name, len(before), sent)
	}
	if !strings.Contains(said, "yes\n") && len(before) == 0 {
		k.settled["no yes was told"]++
		return
	}
	out := next.add("asks", name)
	again := strings.Contains(out, "Nothing was written yet")
	switch {
	case len(before) == 0 && (again || k.sent(name) != 1):
		k.t.Errorf("%s: the yes is lost: %s", name, out)
	case len(before) == 1 && before[0].State != store.Failed && (!again || k.sent(name) > 1):
		k.t.Errorf("%s (%s): the yes worked twice: %s", name, before[0].State, out)
	case len(before) == 0:
		k.settled["yes: used by the next"]++
	default:
		k.settled["yes: "+string(before[0].State)]++
	}
}

// rows counts the rows of a name that are there.
func (k *kills) rows(d *desk, name string) (n int) {
	k.t.Helper()
	next := func(token string) (coda.Page[coda.Row], error) {
		return d.client.ListRows(k.t.Context(), planDoc, tasksTable, coda.RowQuery{Limit: 500, PageToken: token})
	}
	for row, err := range coda.Each(next) {
		if err != nil {
			k.t.Fatal(err)
		}
		if strings.Contains(row.Name, name) {
			n++
		}
	}
	return n
}
