//go:build !race

package coda_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"

	"codabridge/server/coda"
)

// heavy answers every list of rows with 500 rows made of small values, 31 MB
// in all, or with as many of them as are asked for.
type heavy struct{ row string }

func (h heavy) RoundTrip(r *http.Request) (*http.Response, error) {
	n := 500
	if limit, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
		n = limit
	}
	row := strings.NewReader(h.row)
	parts := []io.Reader{strings.NewReader(`{"items":[` + h.row)}
	for range n - 1 {
		parts = append(parts, strings.NewReader(","), io.NewSectionReader(row, 0, row.Size()))
	}
	parts = append(parts, strings.NewReader(`],"nextPageToken":"x"}`))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(io.MultiReader(parts...)), Request: r}, nil
}

// TestManyLargeAnswersFitIntoMemory: whatever 64 calls ask at once, the process
// stays below 300 MiB. It runs in a process of its own, since the others would
// count too.
func TestManyLargeAnswersFitIntoMemory(t *testing.T) {
	t.Parallel()
	if os.Getenv("CODA_HEAVY") != "" {
		sixtyFour(t)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Log("what a process takes is only told on Linux; elsewhere this shows that nothing waits for ever")
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestManyLargeAnswersFitIntoMemory$", "-test.v")
	cmd.Env = append(os.Environ(), "CODA_HEAVY=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if peak, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.Atoi(strings.Fields(peak)[0])
			t.Logf("%d MiB at most", kb>>10)
			if err != nil || kb > 300<<10 {
				t.Errorf("64 calls took %s", strings.TrimSpace(peak))
			}
		}
	}
}

func sixtyFour(t *testing.T) {
	debug.SetMemoryLimit(128 << 20) // as the program does
	cells := `"c-a":[` + strings.Repeat("1,", 10_000) + `1],"c-b":[` + strings.Repeat("[],", 6_000) + `[]],"c-c":{` + strings.Repeat(`"a":1,`, 3_000) + `"b":{}}`
	c := coda.New(coda.Options{HTTP: &http.Client{Transport: heavy{`{"id":"i-1","name":"x","values":{` + cells + `}}`}}, Limits: coda.NoLimits(),
		Token: func() (string, error) { return "t", nil }})
	var calls sync.WaitGroup
	var mu sync.Mutex
	read := map[string]int{}
	for i := range 64 {
		calls.Go(func() {
			ctx, done := coda.WithHold(context.Background())
			defer done()
			p, err := c.ListRows(ctx, "d", "t", coda.RowQuery{Limit: 500})
			if i%2 == 1 && err == nil { // every other one goes on without letting go
				_, err = c.Call(ctx, "listRows", coda.Args{"docId": "d", "tableIdOrName": "t", "limit": 3})
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && len(p.Items) > 0:
				read["read"]++
			case coda.IsKind(err, coda.KindTooLarge):
				read["refused as too large"]++
			case errors.Is(err, coda.ErrBusy):
				read["busy"]++
			default:
				t.Errorf("%d rows, %v", len(p.Items), err)
			}
		})
	}
	calls.Wait()
	if read["read"] < 32 {
		t.Errorf("too few were answered: %v", read)
	}
	b, _ := os.ReadFile("/proc/self/status")
	for line := range bytes.Lines(b) {
		if bytes.HasPrefix(line, []byte("VmHWM")) {
			fmt.Printf("\n%s%v\n", line, read)
		}
	}
}
