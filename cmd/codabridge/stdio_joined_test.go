package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
)

// oldHello is the beginning of a conversation of the older era.
const oldHello = `{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"claude-ai","version":"1"}}}`

// joins waits until the running instance answers so many programs over stdio.
func (p *program) joins(n int) app.State {
	p.t.Helper()
	return p.await(fmt.Sprint(n, " joined over stdio"), func(s app.State) bool { return len(s.Stdio) == n })
}

// withoutToken is the program for a stdio that could not answer by itself.
func (p *program) withoutToken() *program {
	q := *p
	q.env = nil
	for _, e := range p.env {
		if !strings.HasPrefix(e, "CODABRIDGE_CODA_TOKEN=") {
			q.env = append(q.env, e)
		}
	}
	return &q
}

// TestStdioIsAConnectionOfTheRunningInstance: it answers with its own token,
// switches and record, and shows it while it lives.
func TestStdioIsAConnectionOfTheRunningInstance(t *testing.T) {
	t.Parallel()
	p, _ := serving(t, twoDocs(t))
	s := startStdio(p.withoutToken())
	s.ask(oldHello)
	if out := s.said("coda_create_rows", oneRow); strings.Contains(out, `"isError":true`) {
		t.Fatalf("it was not answered by the instance: %s", out)
	}
	named := startStdio(p.withoutToken(), "--client", "Claude Desktop (work)")
	named.ask(oldHello)
	state := p.await("both with their names and a call", func(s app.State) bool {
		return len(s.Stdio) == 2 && s.Stdio[0].CallsToday == 1 && s.Stdio[1].Client == "Claude Desktop (work)"
	})
	first, second := state.Stdio[0], state.Stdio[1]
	if first.Client != "claude-ai" || first.ID != "stdio:claude-ai" || first.Process != s.cmd.Process.Pid || first.Started.IsZero() || first.LastUsed == nil {
		t.Errorf("the first shows as %+v", first)
	}
	if second.ID != "stdio:claude-desktop-work" || second.LastUsed != nil {
		t.Errorf("the second shows as %+v", second)
	}
	if out := p.must("status"); !strings.Contains(out, "Claude Desktop (work)") {
		t.Errorf("status: %s", out)
	}
	named.end()
	p.joins(1)
	s.cmd.Process.Kill()
	p.joins(0)
}

// TestAJoinedStdioObeysWhatTheOwnerDecides: a Stop of the running instance, and
// what the process itself was given to narrow it.
func TestAJoinedStdioObeysWhatTheOwnerDecides(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w)
	s := startStdio(p.withoutToken())
	p.must("stop")
	if out := s.said("coda_list_documents", nil); !strings.Contains(out, "The owner has stopped codabridge") || strings.Contains(out, alpha) {
		t.Errorf("stopped: %s", out)
	}
	p.stop(syscall.SIGTERM)
	if out := s.said("coda_list_documents", nil); !strings.Contains(out, "The owner has stopped codabridge") {
		t.Errorf("stopped, and alone: %s", out)
	}
	p.start("serve")
	p.joins(1)
	p.must("start")
	if out := s.said("coda_list_documents", nil); !strings.Contains(out, alpha) {
		t.Errorf("started: %s", out)
	}
	s.end()

	narrow := startStdio(p.withoutToken(), "--read-only", "--documents", beta)
	p.joins(1)
	if out := narrow.said("coda_create_rows", oneRow); !strings.Contains(out, "may only read") || narrow.sees("coda_create_rows") {
		t.Errorf("--read-only is not carried along: %s", out)
	}
	if out := narrow.said("coda_list_documents", nil); strings.Contains(out, alpha) || !strings.Contains(out, beta) {
		t.Errorf("--documents is not carried along: %s", out)
	}
	narrow.end()
}

// TestWhatTheOwnerDecidedOfStdioHoldsWhereNothingRuns: a program that may only
// read does not write because codabridge was quit.
func TestWhatTheOwnerDecidedOfStdioHoldsWhereNothingRuns(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w)
	p.must("allow", "stdio", "read")
	p.stop(syscall.SIGTERM)
	s := startStdio(p)
	if out := s.said("coda_create_rows", oneRow); !strings.Contains(out, "may only read") || s.sees("coda_create_rows") || w.coda.Count("upsertRows") != 0 {
		t.Errorf("alone it writes: %s", out)
	}
	s.end()
	p.start("serve")
	p.joins(0)
	p.must("allow", "stdio", "write")
	p.stop(syscall.SIGTERM)
	s = startStdio(p)
	if out := s.said("coda_create_rows", oneRow); w.coda.Count("upsertRows") != 1 {
		t.Errorf("alone it does not write: %s", out)
	}
	s.end()
}

// TestAStdioThatNobodyCanStandForStaysAlone: it says why, and works.
func TestAStdioThatNobodyCanStandForStaysAlone(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w)
	other := *p
	other.env = append(append([]string{}, p.env...), "CODABRIDGE_CODA_TOKEN=another-token")
	for why, s := range map[string]*pipe{
		"The setting toolset": startStdio(p, "--toolset", "full"),
		"another Coda token":  startStdio(&other),
	} {
		if !s.sees("search") {
			t.Errorf("%s: no answer", why)
		}
		if !strings.Contains(s.errs.String(), why) || len(p.joins(0).Stdio) != 0 {
			t.Errorf("it does not say %q: %s", why, s.errs)
		}
		s.end()
	}
	same := startStdio(p, "--toolset", "core")
	p.joins(1)
	same.end()
}

// TestAStdioBesideAnInstanceOfAnotherVersion: what answers on the socket says
// so, or does not know the way at all, as the releases before it.
func TestAStdioBesideAnInstanceOfAnotherVersion(t *testing.T) {
	t.Parallel()
	for says, handler := range map[string]http.HandlerFunc{
		"of another version": http.NotFound,
		"version 9 and this": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusConflict)
			io.WriteString(w, `{"error_description":"The running codabridge is version 9 and this one 0."}`)
		},
	} {
		w := twoDocs(t)
		p := newProgram(t, w.secrets()...)
		p.must("version")
		writeConfig(t, p, `{}`) // makes the folder
		l, err := net.Listen("unix", filepath.Join(p.dir, "control.sock"))
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: handler}
		go server.Serve(l)
		s := startStdio(p)
		if out := s.said("coda_list_documents", nil); !strings.Contains(out, alpha) {
			t.Errorf("%s: %s", says, out)
		}
		s.end() // so that all it says has arrived
		server.Close()
		if !strings.Contains(s.errs.String(), says) {
			t.Errorf("it does not say %q: %s", says, s.errs)
		}
	}
}

// TestAJoinedStdioTakesWhatAnyClientSends: large and broken messages, a flood,
// a cancellation, and a last line without its end.
func TestAJoinedStdioTakesWhatAnyClientSends(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w, "CODABRIDGE_INDEX=off")
	s := startStdio(p.withoutToken())
	p.joins(1)
	big := bufio.NewWriter(s.in)
	fmt.Fprintf(big, `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"%s"}}`+"\n", strings.Repeat("x", 10<<20))
	big.Flush()
	if !s.out.Scan() || !strings.Contains(s.out.Text(), "8 MB long at most") {
		t.Errorf("a message of 10 MiB: %s", s.out.Text())
	}
	if v := s.ask(strings.Repeat("[", 100_000)); v["error"] == nil {
		t.Errorf("brackets: %v", v)
	}
	if v := s.ask(`{"jsonrpc":"1.0","method":"x"}`); v["error"] == nil {
		t.Errorf("another version of JSON-RPC: %v", v)
	}
	io.WriteString(s.in, "\n  \n\r\n")
	if v := s.ask(`{"jsonrpc":"2.0","id":"after","method":"ping"}`); v["id"] != "after" {
		t.Errorf("after blank lines: %v", v)
	}

	const flood = 3000
	go func() {
		for i := range flood {
			fmt.Fprintf(s.in, `{"jsonrpc":"2.0","id":%d,"method":"ping"}`+"\n", i+1)
		}
	}()
	for range flood {
		if !s.out.Scan() {
			t.Fatal("the flood was not answered", s.errs)
		}
	}

	w.coda.Set(func(k *codatest.Knobs) { k.Delay = time.Hour })
	fmt.Fprintf(s.in, `{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"coda_get_table","arguments":{"document":%q,"table":"Things"}}}`+"\n", beta)
	io.WriteString(s.in, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":77}}`+"\n")
	desktest.Eventually(t, "the end of the cancelled call", func() bool {
		return strings.Contains(p.must("activity", "--json"), `"result":"cancelled"`)
	})
	w.coda.Set(func(k *codatest.Knobs) { k.Delay = 0 })
	io.WriteString(s.in, `{"jsonrpc":"2.0","id":78,"method":"ping"}`) // no newline
	s.in.Close()
	last := ""
	for s.out.Scan() {
		last = s.out.Text()
	}
	if !strings.Contains(last, `"id":78`) {
		t.Errorf("the last line without its end: %s", last)
	}
	<-s.over
	p.joins(0)
}
