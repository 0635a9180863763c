package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codabridge/app"
)

// home makes files in the home folder of a program.
func (p *program) home(files map[string]string) (path func(name string) string) {
	p.t.Helper()
	path = func(name string) string { return filepath.Join(filepath.Dir(p.dir), name) }
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(path(name)), 0o700); err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
	return path
}

// row is what a State says of a program.
func row(s app.State, name string) app.ProgramState {
	i := slices.IndexFunc(s.Programs, func(r app.ProgramState) bool { return r.Name == name })
	if i < 0 {
		return app.ProgramState{}
	}
	return s.Programs[i]
}

// entry is what a program is told to run.
type entry struct {
	Command string
	Args    []string
}

// entryIn is ours in a file; comments and trailing commas are of no concern to
// those who read it.
func entryIn(t *testing.T, path string) entry {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, ours, found := strings.Cut(string(text), `"codabridge": `)
	var e entry
	if err := json.NewDecoder(strings.NewReader(ours)).Decode(&e); !found || err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return e
}

const cursorFile = "{\n  // mine\n  \"mcpServers\": {\n    \"github\": {\"command\": \"npx\"},\n  },\n}\n"

// TestAProgramIsConnectedFromATerminalAndStartsUs: what its file says is what
// is started here, and answers.
func TestAProgramIsConnectedFromATerminalAndStartsUs(t *testing.T) {
	t.Parallel()
	p := newProgram(t, append(twoDocs(t).secrets(), "CODABRIDGE_TUNNEL=none")...)
	path := p.home(map[string]string{".gemini/settings.json": "{}\n", ".cursor/mcp.json": cursorFile})
	if out := p.must("programs"); !strings.Contains(out, "Cursor") || strings.Count(out, "Not connected") != 2 || exists(t, p.dir, ".") {
		t.Errorf("it lists\n%s", out)
	}
	if out, code := p.run("programs", "connect", "zed"); code != 1 || !strings.Contains(out, "not found on this computer") {
		t.Errorf("one that is not there: %d %s", code, out)
	}
	if out := p.must("programs", "connect", "gemini"); !strings.Contains(out, "Gemini CLI is connected") {
		t.Errorf("connect: %s", out)
	}
	entry := entryIn(t, path(".gemini/settings.json"))
	if entry.Command != built {
		t.Errorf("it starts %q", entry.Command)
	}
	s := startPipe(p, exec.Command(entry.Command, entry.Args...))
	if out := s.said("coda_list_documents", map[string]any{}); strings.Contains(out, `"isError":true`) {
		t.Errorf("it answers %s", out)
	}
	s.end()
	var all []app.ProgramState
	if err := json.Unmarshal([]byte(p.must("programs", "--json")), &all); err != nil || row(app.State{Programs: all}, "gemini").Status != "connected" {
		t.Errorf("%v %+v", err, all)
	}
	p.must("programs", "disconnect", "gemini")
	if text, err := os.ReadFile(path(".gemini/settings.json")); err != nil || string(text) != "{}\n" {
		t.Errorf("%v %q", err, text)
	}
	if out, code := p.run("programs", "connect", "notepad"); code != exitUsage || !strings.Contains(out, "claude-desktop, codex") {
		t.Errorf("an unknown one: %d %s", code, out)
	}
}

// TestAProgramIsConnectedByOneClick: on the page, and the row tells how it
// stands.
func TestAProgramIsConnectedByOneClick(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	path := p.home(map[string]string{".cursor/mcp.json": cursorFile, ".codex/config.toml": "mcp_servers = {}\n"})
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	page := openBrowser(t, w.edge, 360, 640)
	page.open(p.link("programs"))
	page.see("Programs on this computer")
	page.press(`button[aria-label="Connect Cursor"]`)
	page.see("Needs a restart of the program")
	page.shot("programs")
	page.fits("the owner's page with a connected program")
	if s := p.await("the row", func(s app.State) bool { return row(s, "cursor").Status == "connected" }); row(s, "cursor").Started != nil {
		t.Errorf("nobody has come: %+v", row(s, "cursor"))
	}

	// It is started again, and comes.
	entry := entryIn(t, path(".cursor/mcp.json"))
	s := startPipe(p, exec.Command(entry.Command, entry.Args...))
	if !s.sees("search") {
		t.Error("it does not answer")
	}
	page.see("Connected, started ")
	came := row(p.await("the program", func(s app.State) bool { return row(s, "cursor").Started != nil }), "cursor")
	if out := p.must("programs"); !strings.Contains(out, "Connected, started "+came.Started.Local().Format("15:04")) {
		t.Errorf("%s", out)
	}
	s.end()

	page.press(`button[aria-label="Connect ChatGPT desktop and Codex"]`)
	page.see("paste this into it yourself")
	page.see("[mcp_servers.codabridge]")

	// The entry of another codabridge is offered to be put right.
	text, err := os.ReadFile(path(".cursor/mcp.json"))
	if err != nil {
		t.Fatal(err)
	}
	p.home(map[string]string{".cursor/mcp.json": strings.Replace(string(text), built, "/old/place/codabridge", 1)})
	page.open(p.link("programs"))
	page.see("Old path: fix")
	page.see("/old/place/codabridge")
	page.press(`button[aria-label="Fix Cursor"]`)
	page.see("Needs a restart of the program")
	page.press(`button[aria-label="Disconnect Cursor"]`)
	page.see("no longer connected")
	if now, err := os.ReadFile(path(".cursor/mcp.json")); err != nil || string(now) != cursorFile {
		t.Errorf("%v\n%s", err, now)
	}
}
