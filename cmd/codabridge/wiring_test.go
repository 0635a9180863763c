package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/tunnel/tunneltest"
)

// A setting that is read and then not handed on fails no test of the room that
// would have obeyed it. So each one is seen to work here, by what the built
// program does, over HTTP and over stdio.

// wired is how one setting shows at each of the two ways in.
type wired struct{ http, stdio func(t *testing.T) }

// TestEverySettingIsWired wants a case for each field of the settings.
func TestEverySettingIsWired(t *testing.T) {
	t.Parallel()
	fields := map[string]bool{}
	for f := range reflect.TypeFor[config.Config]().Fields() {
		if !f.IsExported() {
			continue
		}
		fields[f.Name] = true
		w := wiredSettings[f.Name]
		if w.http == nil || w.stdio == nil {
			t.Errorf("the setting %s is not tried: add what it does over HTTP and over stdio to wiredSettings", f.Name)
			continue
		}
		t.Run(f.Name+" over HTTP", func(t *testing.T) { t.Parallel(); w.http(t) })
		t.Run(f.Name+" over stdio", func(t *testing.T) { t.Parallel(); w.stdio(t) })
	}
	for name := range wiredSettings {
		if !fields[name] {
			t.Errorf("there is no setting %s any more", name)
		}
	}
}

// The two docs of these tests. Each has a word in a page and one in a row that
// stand nowhere else, so that they show who has read them.
const (
	alpha, beta = "AlphaDoc01", "BetaDoc002"

	alphaRow, betaRow = "zirconium", "ytterbium"
)

// smallDoc is a doc with little to read: a page, and a table whose one row has
// this note.
func smallDoc(id, name, note string) *codatest.Doc {
	return &codatest.Doc{ID: id, Name: name, Pages: []*codatest.Page{{Name: "Home", Body: "Some words."}},
		Tables: []*codatest.Table{{Name: "Things", Columns: []*codatest.Column{{Name: "Name", Type: "text", Display: true}, {Name: "Note", Type: "text"}},
			Rows: []*codatest.Row{{Values: []any{"First", note}}}}}}
}

// twoDocs is a harness with little to read.
func twoDocs(t *testing.T, domains ...string) *harness {
	t.Helper()
	return withDocs(t, []*codatest.Doc{smallDoc(alpha, "Alpha", alphaRow), smallDoc(beta, "Beta", betaRow)}, domains...)
}

func withDocs(t *testing.T, docs []*codatest.Doc, domains ...string) *harness {
	t.Helper()
	w := &harness{
		coda: codaspec.Start(t, codatest.Options{Workspace: codatest.Workspace{Docs: docs}}),
		edge: tunneltest.Start(t, tunneltest.Options{Authtokens: []string{ngrokCanary}, Domains: domains}),
	}
	w.env = []string{"CODABRIDGE_CODA_URL=" + w.coda.URL(), "CODABRIDGE_NGROK_CONNECT_URL=" + w.edge.ConnectURL(), "CODABRIDGE_NGROK_CA_FILE=" + w.edge.WriteCA(t.TempDir())}
	return w
}

// asked counts the requests that Coda got for a doc.
func (w *harness) asked(doc string) (n int) {
	for _, r := range w.coda.Requests() {
		if strings.Contains(r.Path, "/docs/"+doc) {
			n++
		}
	}
	return n
}

// serving runs the program without a tunnel, with settings from the
// environment.
func serving(t *testing.T, w *harness, env ...string) (*program, app.State) {
	t.Helper()
	p := newProgram(t, append(append(w.secrets(), "CODABRIDGE_TUNNEL=none"), env...)...)
	p.start("serve")
	return p, p.awaitPhase(app.PhaseLocal)
}

// online runs the program with its tunnel.
func online(t *testing.T, w *harness) (*program, app.State) {
	t.Helper()
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	return p, p.awaitPhase(app.PhaseOnline)
}

// local signs a program of this computer in, which the owner lets read and
// write.
func (p *program) local(origin string) *assistant {
	p.t.Helper()
	chat := newAssistant(p.t, &http.Client{}, origin+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(p.t, origin)
	chat.connect(func(code string) { p.must("approve", "--write", code) })
	return chat
}

// said is the answer to a call of a tool, whether it worked or not, as text.
func (a *assistant) said(tool string, args map[string]any) string {
	a.t.Helper()
	status, v := a.rpc("tools/call", map[string]any{"name": tool, "arguments": args})
	if status != http.StatusOK {
		a.t.Fatalf("%s: %d %v", tool, status, v)
	}
	return flat(v)
}

// piping runs stdio with settings from config.json, after what stands there.
func piping(t *testing.T, w *harness, settings map[string]any, args ...string) *pipe {
	t.Helper()
	return newProgram(t, w.secrets()...).piping(settings, args...)
}

func (p *program) piping(settings map[string]any, args ...string) *pipe {
	p.t.Helper()
	b, err := json.Marshal(settings)
	if err != nil {
		p.t.Fatal(err)
	}
	writeConfig(p.t, p, string(b))
	return startStdio(p, args...)
}

func (s *pipe) said(tool string, args map[string]any) string {
	s.t.Helper()
	b, err := json.Marshal(args)
	if err != nil {
		s.t.Fatal(err)
	}
	return flat(s.ask(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":%s,%s}}`, tool, b, modernMeta)))
}

func (s *pipe) sees(tool string) bool {
	s.t.Helper()
	return strings.Contains(flat(s.ask(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{`+modernMeta+`}}`)), `"name":"`+tool+`"`)
}

// indexed is a data folder whose index is complete, with nobody running.
func indexed(t *testing.T, w *harness) *program {
	t.Helper()
	p, _ := serving(t, w)
	p.await("a complete index", indexComplete)
	p.stop(syscall.SIGTERM)
	return p
}

// finds tells whether a search comes upon a word that stands in a row alone.
// Only the index knows it.
func finds(search func(tool string, args map[string]any) string, word string) bool {
	return strings.Contains(search("search", map[string]any{"query": word}), "row:")
}

// stillWorks is a setting of what stdio does not have, a door or a tunnel: it
// is taken, and nothing is opened.
func stillWorks(setting string) func(*testing.T) {
	return func(t *testing.T) {
		w := twoDocs(t)
		s := startStdio(newProgram(t, append(w.secrets(), setting)...))
		if !s.sees("search") || !strings.Contains(s.said("coda_list_documents", nil), alpha) {
			t.Error("it does not work")
		}
		s.end()
		if n := len(w.edge.SignIns()); n != 0 {
			t.Errorf("it opened %d tunnels", n)
		}
	}
}

func exists(t *testing.T, elem ...string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(elem...))
	return err == nil
}
