//go:build conformance

package conformance

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
)

// TestTheWindowsKeyringKeepsTheToken: the Credential Manager, for the doctor and
// for a stdio that is alone.
func TestTheWindowsKeyringKeepsTheToken(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	env := h.withoutToken()
	if out, code := h.says(env, codatest.Token+"\n", "login", "coda"); code != 0 {
		t.Fatalf("login: exit %d %q", code, out)
	}
	if out := h.wine.must(t, "cmd.exe", "/c", "dir", "/s", "/b", h.wine.path(h.data)); strings.Contains(out, "token") {
		t.Errorf("the data folder: %s", out)
	}
	if out, _ := h.says(env, "", "doctor"); !strings.Contains(out, "holds the Coda token") {
		t.Errorf("the doctor does not find the token: %s", out)
	}
	if out, code := h.says(env, callOf(1, "coda_list_documents", `{}`), "stdio"); code != 0 || !strings.Contains(out, "Product Roadmap") {
		t.Errorf("stdio alone: exit %d %q", code, out)
	}
	h.want(env, "", "logout", "coda")
	if out, _ := h.says(env, callOf(1, "coda_list_documents", `{}`), "stdio"); !strings.Contains(out, "login coda") {
		t.Errorf("after logout: %q", out)
	}
}

// modernMeta is what each request of the modern protocol says of its client.
const modernMeta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
	`"io.modelcontextprotocol/clientInfo":{"name":"house","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`

// callOf is a call of a tool as a line of the modern protocol.
func callOf(id int, tool, arguments string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s,%s}}`+"\n", id, tool, arguments, modernMeta)
}

// TestAWindowsStdioJoinsAndLosesNothing: alone, with an instance, after that was
// killed, with the next, and at the end with more answers to come than the pipe
// holds.
func TestAWindowsStdioJoinsAndLosesNothing(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	cmd := h.program(t.Context(), "stdio", "--client", "claude-desktop")
	cmd.Env = append(cmd.Env, h.env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan string, 1000)
	read, err := h.lines(cmd, &tail{}, func(line string) {
		if strings.HasPrefix(line, "{") {
			answers <- line
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- read() }()
	id := 0
	say := func(line string) {
		t.Helper()
		if _, err := io.WriteString(in, line); err != nil {
			t.Fatal(err)
		}
	}
	ask := func() {
		t.Helper()
		id++
		say(callOf(id, "coda_list_documents", `{}`))
	}
	hear := func(when string, n int) {
		t.Helper()
		for range n {
			if a := <-answers; !strings.Contains(a, `"result"`) || strings.Contains(a, `"isError":true`) {
				t.Errorf("%s: %s", when, a)
			}
		}
	}
	joined := func() {
		t.Helper()
		desktest.Eventually(t, "the stdio joins", func() bool {
			out, err := h.command("status", "--json")
			return err == nil && strings.Contains(out, "Claude Desktop")
		})
	}
	ask()
	hear("alone", 1)
	h.start()
	joined()
	ask()
	hear("joined", 1)
	h.restart("kill")
	joined()
	ask()
	hear("with the next instance", 1)
	const lists = 60 // of some 20,000 bytes each
	for range lists {
		id++
		say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/list","params":{%s}}`+"\n", id, modernMeta))
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	hear("at the end", lists)
	if err := <-over; err != nil {
		t.Error(err)
	}
}
