package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
	changes "codabridge/server/store/changes"
)

// mostAsked is how many questions of one connection may wait.
const mostAsked = 20

// addRow is a call that adds a row of a name, as text.
func addRow(name string) string {
	return fmt.Sprintf(`{"document":%q,"table":"Things","rows":[{"Name":%q}]}`, alpha, name)
}

// askers are the ways in by which a program asks: each call is made at once, and
// its answer comes when it comes.
type asker func(id int, tool, args string) (answer func() string)

// overHTTP asks with an access key.
func overHTTP(t *testing.T, url, key string) asker {
	return func(id int, tool, args string) func() string {
		out := make(chan string, 1)
		go func() {
			body := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, id, tool, args)
			req, err := http.NewRequest(http.MethodPost, url+"/mcp", strings.NewReader(body))
			if err != nil {
				t.Error(err)
			}
			req.Header.Set("Authorization", "Bearer "+key)
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/json, text/event-stream")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				out <- err.Error()
				return
			}
			defer resp.Body.Close()
			text, _ := io.ReadAll(resp.Body)
			out <- string(text)
		}()
		return func() string { return <-out }
	}
}

// overStdio asks in one conversation.
func overStdio(s *pipe) asker {
	all := s.answers()
	return func(id int, tool, args string) func() string {
		_, err := fmt.Fprintf(s.in, `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s,%s}}`+"\n", id, tool, args, modernMeta)
		if err != nil {
			s.t.Error(err)
		}
		return func() (text string) {
			desktest.Eventually(s.t, fmt.Sprint("the answer to ", id), func() bool { text = all.of(id); return text != "" })
			return text
		}
	}
}

// lookIn opens the record of changes, whoever else has it open.
func (p *program) lookIn(look func(*changes.Store) error) {
	p.t.Helper()
	path := filepath.Join(p.dir, changesFile)
	if !changes.Exists(path) {
		return
	}
	file, _, err := changes.Open(path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer file.Close()
	if err := look(file); err != nil {
		p.t.Fatal(err)
	}
}

// waiting counts the questions in the record, and written the changes.
func (p *program) waiting() (n int) {
	p.t.Helper()
	p.lookIn(func(file *changes.Store) error {
		counts, err := file.CountWaiting(p.t.Context(), time.Time{})
		for _, c := range counts {
			n += c
		}
		return err
	})
	return n
}

func (p *program) written() (n int) {
	p.t.Helper()
	p.lookIn(func(file *changes.Store) error {
		all, err := file.List(p.t.Context(), changes.Filter{})
		n = len(all)
		return err
	})
	return n
}

func (p *program) awaitWaiting(n int) {
	p.t.Helper()
	desktest.Eventually(p.t, fmt.Sprint(n, " changes that wait"), func() bool { return p.waiting() == n })
}

// keyOf makes an access key that asks before each change.
func keyOf(p *program, name string) (key, id string) {
	p.t.Helper()
	key = regexp.MustCompile(`cbk_\S+`).FindString(p.must("keys", "add", name, "--ask"))
	for _, c := range p.awaitPhase(app.PhaseLocal).Connections {
		if c.Client == name {
			id = c.ID
		}
	}
	return key, id
}

// TestAFloodOfQuestionsOverEachWayIn: twenty of one connection wait and no more,
// who repeats makes no second one, reading goes on meanwhile, and one word of the
// owner's answers all of them. The demo has no limits of Coda's to wait for.
func TestAFloodOfQuestionsOverEachWayIn(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"HTTP", "joined", "alone"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, "CODABRIDGE_TUNNEL=none")
			p.start("demo")
			s := p.awaitPhase(app.PhaseLocal)
			var ask asker
			var stdio *pipe
			who := "stdio"
			if way == "HTTP" {
				var key string
				key, who = keyOf(p, "script")
				ask = overHTTP(t, s.LocalURL, key)
			} else {
				p.act("allow", "connection", "stdio", "policy", "ask")
				if way == "alone" {
					p.stop(syscall.SIGTERM)
				}
				stdio = startStdio(p, "--demo")
				ask = overStdio(stdio)
			}
			line := func(text string) string {
				return `{"document":"Product Roadmap","page":"Overview","content":"` + text + `"}`
			}
			var answers []func() string
			for i := range mostAsked {
				answers = append(answers, ask(i+1, "coda_append_to_page", line(fmt.Sprint("Line ", i))))
			}
			p.awaitWaiting(mostAsked)
			for i := range 12 { // in other words the same
				same := fmt.Sprintf(`{ "content" : "\u004cine %d", "page":"Overview", "document":"Product Roadmap"}`, i)
				answers = append(answers, ask(100+i, "coda_append_to_page", same))
			}
			if out := ask(40, "coda_append_to_page", line("One more"))(); !strings.Contains(out, "20 changes of this connection wait") {
				t.Errorf("the 21st: %s", out)
			}
			for i := range 3 {
				if out := ask(50+i, "coda_list_documents", `{}`)(); !strings.Contains(out, "Product Roadmap") {
					t.Errorf("reading: %s", out)
				}
			}
			if n := p.waiting(); n != mostAsked || p.written() != 0 {
				t.Errorf("%d wait, %d were written", n, p.written())
			}
			want, written := "ch-", mostAsked
			if way == "alone" {
				stdio.in.Close()
				want, written = "taken back", 0
			} else if out := p.must("allow", who, "30m"); !strings.Contains(out, "need no yes any more") {
				t.Errorf("allow says %s", out)
			}
			for i, answer := range answers {
				if out := answer(); !strings.Contains(out, want) {
					t.Errorf("%d: %s", i, out)
				}
			}
			if n := p.waiting(); n != 0 || p.written() != written {
				t.Errorf("%d wait still, %d were written", n, p.written())
			}
		})
	}
}
