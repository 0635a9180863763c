package index_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// place is something of the quality workspace that a question may want.
type place struct{ id, title, text string }

// library reads testdata/quality/workspace.txt and adds a few hundred rows
// that are only in the way.
func library(t testing.TB) (codatest.Workspace, map[string]place, []place) {
	raw, err := os.ReadFile(filepath.Join("testdata", "quality", "workspace.txt"))
	if err != nil {
		t.Fatal(err)
	}
	w := codatest.Workspace{User: codatest.Person{Name: "Ana Souza", Email: "ana@fernhill.example"}}
	places := map[string]place{}
	var all []place
	note := func(path string, p place) { places[path] = p; all = append(all, p) }
	var doc *codatest.Doc
	var page *codatest.Page
	var table *codatest.Table
	at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	closePage := func() {
		if page != nil {
			note(doc.Name+" / "+page.Name, place{"page:" + doc.ID + "/" + page.ID, page.Name, page.Body})
			page = nil
		}
	}
	closeTable := func() {
		if table == nil {
			return
		}
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, c.Name)
		}
		note(doc.Name+" / "+table.Name, place{"table:" + doc.ID + "/" + table.ID, table.Name, strings.Join(columns, " ")})
		for _, r := range table.Rows {
			var text []string
			for _, v := range r.Values {
				text = append(text, fmt.Sprint(v))
			}
			note(doc.Name+" / "+table.Name+" / "+text[0], place{"row:" + doc.ID + "/" + table.ID + "/" + r.ID, text[0], strings.Join(text, " ")})
		}
		table = nil
	}
	for i, line := range append(strings.Split(string(raw), "\n"), noise()...) {
		switch name := strings.TrimSpace(strings.TrimLeft(line, "=#@")); {
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "= "):
			closePage()
			closeTable()
			doc = &codatest.Doc{ID: fmt.Sprintf("doc%07d", i), Name: name, Updated: at.Add(-time.Duration(i) * time.Hour)}
			w.Docs = append(w.Docs, doc)
			note(name, place{"doc:" + doc.ID, name, ""})
		case strings.HasPrefix(line, "# "):
			closePage()
			closeTable()
			page = &codatest.Page{ID: fmt.Sprintf("canvas-%06d", i), Name: name}
			doc.Pages = append(doc.Pages, page)
		case strings.HasPrefix(line, "@ "):
			closePage()
			closeTable()
			parts := strings.Split(name, " | ")
			table = &codatest.Table{ID: fmt.Sprintf("grid-%06d", i), Name: parts[0]}
			for _, c := range parts[1:] {
				table.Columns = append(table.Columns, &codatest.Column{ID: fmt.Sprintf("c-%06d%s", i, c), Name: c})
			}
			doc.Tables = append(doc.Tables, table)
		case table != nil:
			r := &codatest.Row{ID: fmt.Sprintf("i-%06d", i)}
			for v := range strings.SplitSeq(line, " | ") {
				r.Values = append(r.Values, strings.TrimSpace(strings.TrimSuffix(v, " |")))
			}
			table.Rows = append(table.Rows, r)
		default:
			page.Body += line + "\n"
		}
	}
	closePage()
	closeTable()
	return w, places, all
}

// noise are notes, tickets and meetings as every account has hundreds of; they
// share words with the questions and answer none.
func noise() []string {
	people := []string{"Ana", "Jonas", "Priya", "Mei", "Tomasz", "Marta", "Lucía", "Sabine"}
	subjects := []string{"billing", "mobile app", "search page", "import", "the printer", "marketing site", "data export", "roadmap", "office move", "password screen", "contract template", "budget sheet"}
	verbs := []string{"looked into", "talked about", "postponed", "finished", "asked for help with", "wrote down ideas for", "closed the ticket on"}
	out := []string{"= Weekly notes", "@ Notes | Note | Person | Week"}
	for i := range 220 {
		out = append(out, fmt.Sprintf("%s %s %s | %s | %d", people[i%8], verbs[i%7], subjects[(i*5)%12], people[(i/3)%8], i%52+1))
	}
	out = append(out, "= Meetings archive")
	for i := range 60 {
		out = append(out, fmt.Sprintf("# Meeting %d", i+1), fmt.Sprintf("%s and %s %s %s. Next time: %s. Action: write to the customer about %s.",
			people[i%8], people[(i+3)%8], verbs[i%7], subjects[i%12], subjects[(i+4)%12], subjects[(i+7)%12]))
	}
	return out
}
