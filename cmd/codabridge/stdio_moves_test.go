package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
)

// TestAClientNoticesNoMove: instances come and go under one conversation, in
// every way; its initialize is said again to each side, so that a batch, which
// only its version of MCP has, is answered by all.
func TestAClientNoticesNoMove(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	s := startStdio(p)
	s.ask(oldHello)
	io.WriteString(s.in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`+"\n")
	works := func(when string) {
		t.Helper()
		io.WriteString(s.in, `[{"jsonrpc":"2.0","id":5,"method":"ping"},{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{}}}]`+"\n")
		if !s.out.Scan() || !strings.Contains(s.out.Text(), alpha) || !strings.HasPrefix(s.out.Text(), "[") {
			t.Errorf("%s: %s\n%s", when, s.out.Text(), s.errs)
		}
	}
	works("alone")
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		p.start("serve")
		p.joins(1)
		works("joined")
		p.stop(sig)
		works("alone after " + sig.String())
	}
	p.start("serve")
	p.joins(1)
	p.stop(syscall.SIGKILL)
	p.start("serve")
	p.joins(1)
	works("with the next instance")
	s.end()
}

// answers reads the answers of a conversation by their ids; each may come once.
type answers struct {
	mu  sync.Mutex
	all map[float64]string
}

func (s *pipe) answers() *answers {
	a := &answers{all: map[float64]string{}}
	go func() {
		for s.out.Scan() {
			var m struct{ ID float64 }
			if err := json.Unmarshal(s.out.Bytes(), &m); err != nil {
				s.t.Errorf("not JSON: %q", s.out.Text())
			}
			a.mu.Lock()
			if a.all[m.ID] != "" {
				s.t.Errorf("%v is answered twice: %s and %s", m.ID, a.all[m.ID], s.out.Text())
			}
			a.all[m.ID] = s.out.Text()
			a.mu.Unlock()
		}
	}()
	return a
}

func (a *answers) of(id int) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all[float64(id)]
}

// TestNoCallIsLostOrDoneTwiceWhateverDies: while instances are killed and
// started under a conversation, every call gets one answer, a write is done at
// most once, and exactly once where its answer says so. Reads always succeed.
func TestNoCallIsLostOrDoneTwiceWhateverDies(t *testing.T) {
	t.Parallel()
	const kills = 6
	w := twoDocs(t)
	w.coda.Set(func(k *codatest.Knobs) { k.Delay = 3 * time.Millisecond })
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none", "CODABRIDGE_INDEX=off")...)
	s := startStdio(p)
	got := s.answers()
	random := rand.New(rand.NewSource(20261127))
	id := 0
	send := func() {
		id++
		line := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"coda_list_tables","arguments":{"document":%q},%s}}`, id, alpha, modernMeta)
		if id%3 == 0 {
			line = fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"coda_create_rows","arguments":{"document":%q,"table":"Things","rows":[{"Name":"row-%d."}]},%s}}`, id, alpha, id, modernMeta)
		}
		if _, err := io.WriteString(s.in, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	for range kills {
		p.start("serve")
		p.quickly()
		for range 4 {
			send()
		}
		time.Sleep(time.Duration(random.Intn(9_000)) * time.Microsecond) // any moment will do
		p.stop(syscall.SIGKILL)
		for range 2 {
			send()
		}
	}
	desktest.Eventually(t, "every answer", func() bool {
		for i := 1; i <= id; i++ {
			if got.of(i) == "" {
				return false
			}
		}
		return true
	})
	written, unknown := map[string]int{}, 0
	for _, r := range w.coda.Requests() {
		if r.Operation == "upsertRows" {
			for i := 3; i <= id; i += 3 {
				written[fmt.Sprint(i)] += strings.Count(string(r.Body), fmt.Sprintf(`"row-%d."`, i))
			}
		}
	}
	for i := 1; i <= id; i++ {
		answer, n := got.of(i), written[fmt.Sprint(i)]
		lost := strings.Contains(answer, "not known whether it was done")
		switch {
		case i%3 != 0 && !strings.Contains(answer, "Things"):
			t.Errorf("the read %d failed: %s", i, answer)
		case n > 1:
			t.Errorf("the write %d was done %d times: %s", i, n, answer)
		case i%3 == 0 && n == 0 && !lost:
			t.Errorf("the write %d was not done: %s", i, answer)
		}
		if lost {
			unknown++
		}
	}
	t.Logf("%d calls over %d kills: %d whose outcome nobody knows", id, kills, unknown)
	s.in.Close()
	<-s.over
}
