package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// pipe is the built program in stdio mode with somebody at the other end.
type pipe struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner
	over chan error
	errs *buffer
}

func startStdio(p *program, args ...string) *pipe {
	p.t.Helper()
	return startPipe(p, exec.Command(built, append([]string{"stdio"}, args...)...))
}

// startPipe starts a command that serves over its standard input and output.
func startPipe(p *program, cmd *exec.Cmd) *pipe {
	p.t.Helper()
	cmd.Env = p.env
	in, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	out, theirs, err := os.Pipe() // so that its last words are there when it has ended
	if err != nil {
		p.t.Fatal(err)
	}
	cmd.Stdout = theirs
	s := &pipe{t: p.t, cmd: cmd, in: in, out: bufio.NewScanner(out), over: make(chan error, 1), errs: &buffer{}}
	s.out.Buffer(nil, 4<<20)
	cmd.Stderr = s.errs
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	theirs.Close()
	p.t.Cleanup(func() { out.Close() })
	p.t.Cleanup(func() { cmd.Process.Kill() })
	p.t.Cleanup(func() { p.clean(s.errs.String()) })
	go func() { s.over <- cmd.Wait() }()
	return s
}

// ask sends one request and gives its answer; every line must be JSON.
func (s *pipe) ask(line string) (v map[string]any) {
	s.t.Helper()
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		s.t.Fatal(err, s.errs)
	}
	if !s.out.Scan() {
		s.t.Fatalf("no answer to %s: %v\n%s", line, s.out.Err(), s.errs)
	}
	if err := json.Unmarshal(s.out.Bytes(), &v); err != nil || v["jsonrpc"] != "2.0" {
		s.t.Fatalf("not a JSON-RPC line: %q", s.out.Text())
	}
	return v
}

// end closes the input and wants the program to end.
func (s *pipe) end() {
	s.t.Helper()
	s.in.Close()
	for s.out.Scan() {
		s.t.Errorf("a line nobody asked for: %q", s.out.Text())
	}
	select {
	case err := <-s.over:
		if err != nil {
			s.t.Errorf("at the end of input: %v\n%s", err, s.errs)
		}
	case <-time.After(5 * time.Second):
		s.t.Error("it did not end with its input")
	}
}

const modernMeta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`

func TestStdioSpeaksBothEras(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, "CODABRIDGE_CODA_TOKEN="+codaCanary, w.env[0])
	s := startStdio(p)
	v := s.ask(`{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{` + modernMeta + `}}`)
	if !strings.Contains(flat(v), "2026-07-28") {
		t.Errorf("discover: %v", v)
	}
	v = s.ask(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{"query":"budget"},` + modernMeta + `}}`)
	if !strings.Contains(flat(v), `"results"`) {
		t.Errorf("search: %v", v)
	}
	s.end()

	s = startStdio(p)
	v = s.ask(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"old","version":"1"}}}`)
	if v["result"].(map[string]any)["protocolVersion"] != "2024-11-05" {
		t.Errorf("initialize: %v", v)
	}
	io.WriteString(s.in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`+"\n")
	v = s.ask(`{"jsonrpc":"2.0","id":2,"method":"tools/list"}`)
	if !strings.Contains(flat(v), "coda_create_rows") {
		t.Errorf("tools/list: %v", v)
	}
	s.ask(`this is not JSON`)
	v = s.ask(`{"jsonrpc":"2.0","id":3,"method":"ping"}`)
	if v["result"] == nil {
		t.Errorf("after garbage: %v", v)
	}
	s.end()
}

func TestStdioWithoutATokenSaysHowToLogIn(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	s := startStdio(p)
	if v := s.ask(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`); !strings.Contains(flat(v), `"search"`) {
		t.Errorf("tools/list: %v", v)
	}
	v := s.ask(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{"query":"x"},` + modernMeta + `}}`)
	if text := flat(v); !strings.Contains(text, `"isError":true`) || !strings.Contains(text, "CODABRIDGE_CODA_TOKEN") {
		t.Errorf("without a keyring the next step is the environment: %v", v)
	}
	s.end()
}

func TestStdioObeysTheReadOnlySwitchWhileItRuns(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	s := startStdio(p)
	list := `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`
	if v := s.ask(list); !strings.Contains(flat(v), `"coda_create_rows"`) {
		t.Fatalf("tools/list: %v", v)
	}
	writeConfig(t, p, `{"read_only": true}`)
	if v := s.ask(list); strings.Contains(flat(v), `"coda_create_rows"`) {
		t.Error("a tool that writes is shown while Read-only is on")
	}
	s.end()
}
