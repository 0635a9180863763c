package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// contentCanary stands in a page, a row and a question of these tests, and must
// stand nowhere in what codabridge keeps of calls.
const contentCanary = "zylophonic-canary-5513"

// record asks the program for its record.
func (p *program) record(args ...string) (calls []app.Call) {
	p.t.Helper()
	out := p.must(append([]string{"activity", "--json", "-n", "0"}, args...)...)
	for line := range strings.Lines(out) {
		var c app.Call
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			p.t.Fatalf("%q: %v", line, err)
		}
		calls = append(calls, c)
	}
	return calls
}

func (p *program) awaitRecord(n int) []app.Call {
	p.t.Helper()
	p.await("calls in the record", func(app.State) bool { return len(p.record()) >= n })
	return p.record()
}

// TestEveryCallIsInTheRecordAndNoContents: over HTTP, over a joined stdio, and
// over one that was alone; with who, tool, doc and result, and without a word
// of what was asked, read or written.
func TestEveryCallIsInTheRecordAndNoContents(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none", "CODABRIDGE_INDEX=off")...)
	row := map[string]any{"document": "Alpha", "table": "Things", "rows": []any{map[string]any{"Name": contentCanary}}}
	alone := startStdio(p, "--client", "Alone")
	alone.said("coda_create_rows", row)
	alone.said("search", map[string]any{"query": contentCanary})
	alone.end()
	if calls := p.record(); len(calls) != 2 || calls[0].Connection != "stdio:alone" || calls[0].Name != "Alone" || calls[0].Doc != alpha || calls[0].DocName != "Alpha" {
		t.Errorf("noted alone: %+v", calls)
	}

	p.start("serve")
	s := p.awaitPhase(app.PhaseLocal)
	joined := startStdio(p.withoutToken(), "--client", "Joined")
	joined.said("coda_list_rows", map[string]any{"document": alpha, "table": "Things"})
	chat := p.local(s.LocalURL)
	chat.said("coda_append_to_page", map[string]any{"document": beta, "page": "Home", "content": contentCanary})
	chat.said("coda_get_page", map[string]any{"document": beta, "page": "Home"})
	chat.said("coda_get_row", map[string]any{"document": beta, "table": "Things", "row": contentCanary})
	calls := p.awaitRecord(6)
	id := p.await("a connection that was used", func(s app.State) bool { return s.Connections[0].CallsToday == 3 }).Connections[0].ID
	got := map[string]app.Call{}
	for _, c := range calls {
		got[c.Name+" "+c.Tool] = c
		if c.Time.IsZero() || c.Ms <= 0 || c.BytesIn == 0 || c.BytesOut == 0 {
			t.Errorf("incomplete: %+v", c)
		}
	}
	for name, want := range map[string]app.Call{
		"Alone coda_create_rows":     {Connection: "stdio:alone", Doc: alpha, DocName: "Alpha", Result: "ok"},
		"Alone search":               {Connection: "stdio:alone", Result: "ok"},
		"Joined coda_list_rows":      {Connection: "stdio:joined", Doc: alpha, DocName: "Alpha", Result: "ok"},
		"A tool coda_append_to_page": {Connection: id, Doc: beta, DocName: "Beta", Result: "ok"},
		"A tool coda_get_page":       {Connection: id, Doc: beta, DocName: "Beta", Result: "ok"},
		"A tool coda_get_row":        {Connection: id, Doc: beta, DocName: "Beta", Result: "error"},
	} {
		if c := got[name]; c.Connection != want.Connection || c.Doc != want.Doc || c.DocName != want.DocName || c.Result != want.Result {
			t.Errorf("%s: %+v, want %+v", name, c, want)
		}
	}
	for filter, want := range map[string]int{
		"--connection=Joined": 1, "--connection=" + id: 3, "--tool=search": 1, "--doc=Alpha": 2, "--doc=" + beta: 3, "--result=error": 1,
		"--since=1h": 6, "--since=today": 6, "--until=1h": 0,
	} {
		if n := len(p.record(filter)); n != want {
			t.Errorf("%s: %d calls, want %d", filter, n, want)
		}
	}
	if line := p.must("status"); !strings.Contains(line, "A tool, just now, 3 calls today") {
		t.Errorf("the last call in status: %s", line)
	}
	joined.end()
	p.stop(syscall.SIGTERM)
	if n := len(p.record()); n != 6 {
		t.Errorf("%d calls with nobody running", n)
	}
	p.holdsNo(contentCanary)
}

// holdsNo searches all that the program keeps, but for the index, which is a
// copy of contents and says so.
func (p *program) holdsNo(word string) {
	p.t.Helper()
	files := 0
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "index.db") || strings.HasPrefix(d.Name(), "changes.db") {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), word) {
			p.t.Errorf("%q stands in %s", word, path)
		}
		return err
	})
	if err != nil || files == 0 {
		p.t.Errorf("%d files searched: %v", files, err)
	}
	if strings.Contains(p.out.String(), word) {
		p.t.Errorf("%q stands in what the program said", word)
	}
}

// TestTheRecordIsFollowedAndExported: -f shows a call as it is made, and CSV
// holds no formula whatever things are called.
func TestTheRecordIsFollowedAndExported(t *testing.T) {
	t.Parallel()
	p, _ := serving(t, twoDocs(t))
	follow := exec.Command(built, "activity", "-f", "--json")
	follow.Env = p.env
	out, err := follow.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := follow.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { follow.Process.Kill(); follow.Wait() })
	lines := bufio.NewScanner(out)
	s := startStdio(p, "--client", `=HYPERLINK("https://evil.test")`)
	for range 3 {
		s.said("coda_list_tables", map[string]any{"document": alpha})
		if !lines.Scan() || !strings.Contains(lines.Text(), `"tool":"coda_list_tables"`) {
			t.Fatalf("followed: %q", lines.Text())
		}
	}
	s.end()
	rows, err := csv.NewReader(strings.NewReader(p.must("activity", "--csv"))).ReadAll()
	if err != nil || len(rows) != 4 || rows[0][0] != "time" || rows[1][2] != `'=HYPERLINK("https://evil.test")` {
		t.Errorf("CSV: %v %v", rows, err)
	}
	if text := p.must("activity"); strings.Count(text, "\n") != 3 || !strings.Contains(text, "Alpha (AlphaDoc01)") {
		t.Errorf("as text: %s", text)
	}
	for _, wrong := range [][]string{{"--since=whenever"}, {"--result=fine"}, {"--csv", "--json"}} {
		if out, code := p.run(append([]string{"activity"}, wrong...)...); code != 2 {
			t.Errorf("%v: exit %d %s", wrong, code, out)
		}
	}
	p.stop(syscall.SIGTERM)
	if _, code := p.run("activity", "-f"); code != 3 {
		t.Errorf("-f with nobody running: exit %d", code)
	}
}

// TestTheActivityOnThePage is what a stranger does there, with the keyboard
// alone: looks, filters, pauses, saves.
func TestTheActivityOnThePage(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w)
	s := startStdio(p, "--client", "Claude Desktop")
	page := openBrowser(t, w.edge, 820, 1000)
	page.open(p.link("connections"))
	page.see("Running just now")
	page.view("activity")
	page.see("When an assistant makes one, it shows here at once.")
	s.said("coda_list_tables", map[string]any{"document": alpha})
	s.said("coda_get_row", map[string]any{"document": beta, "table": "Things", "row": "nowhere"})
	page.see("coda_get_row")
	page.see("2 calls, 1 without success")
	page.shot("activity")

	page.eval(`document.querySelector("#activity-doc").value = "` + alpha + `"; document.querySelector("#activity-doc").dispatchEvent(new Event("change", { bubbles: true })); ""`)
	page.gone(`#activity-calls .badge.bad`)
	if rows := page.eval(`String(document.querySelectorAll("#activity-calls tbody tr").length)`); rows != "1" {
		t.Errorf("%s rows of one doc", rows)
	}
	page.eval(`document.querySelector("#activity-doc").value = ""; document.querySelector("#activity-doc").dispatchEvent(new Event("change", { bubbles: true })); ""`)
	page.see("coda_get_row")

	page.eval(`document.querySelector("#activity-pause").focus(); ""`)
	page.press("#activity-pause")
	page.see("Go on")
	s.said("coda_list_documents", nil)
	p.awaitRecord(3)
	page.wait("the rest of the page goes on", textOf("s-connections"), func(s string) bool { return strings.Contains(s, "3 calls today") })
	if page.eval(`String(document.querySelector("#activity-calls").textContent.includes("coda_list_documents"))`) != "false" {
		t.Error("a paused list goes on")
	}
	page.press("#activity-pause")
	page.see("coda_list_documents")
	page.eval(`window.saved = []; URL.createObjectURL = (b) => { b.text().then((t) => saved.push(t)); return "#"; }; ""`)
	page.press(`button[data-export="csv"]`)
	page.see("Saved as codabridge-activity.csv")
	text := page.wait("what is saved", chromedp.Evaluate[string](`saved.join("")`), func(s string) bool { return s != "" })
	if strings.Count(text, "\r\n") != 4 || !strings.HasPrefix(text, "time,connection,") {
		t.Errorf("saved: %q", text)
	}
	if page.eval(`String(performance.getEntriesByType("resource").filter((e) => e.name.includes("/view")).length)`) != "0" {
		t.Error("the page polls")
	}
	s.end()
	page.gone("#s-connections .stdio")
}
