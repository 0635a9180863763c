package index_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/golden"
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

type question struct {
	kind, query string
	wanted      []string
}

func questions(t testing.TB, places map[string]place) []question {
	raw, err := os.ReadFile(filepath.Join("testdata", "quality", "questions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []question
	kind := "everyday"
	for line := range strings.Lines(string(raw)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			kind = strings.TrimSpace(name)
		}
		query, wanted, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok || strings.HasPrefix(line, "# ") {
			continue
		}
		q := question{kind: kind, query: query}
		for path := range strings.SplitSeq(wanted, " | ") {
			p, ok := places[path]
			if !ok {
				t.Fatalf("%q wants %q, which is not in the workspace", query, path)
			}
			q.wanted = append(q.wanted, p.id)
		}
		out = append(out, q)
	}
	return out
}

// scores of one way of searching.
type scores struct {
	n, at1, at5, none int
	mrr               float64
}

func (s *scores) add(found, wanted []string) (rank int) {
	s.n++
	if len(found) == 0 {
		s.none++
	}
	rank = 1 + slices.IndexFunc(found, func(id string) bool { return slices.Contains(wanted, id) })
	if rank == 1 {
		s.at1++
	}
	if rank > 0 && rank <= 5 {
		s.at5++
	}
	if rank > 0 {
		s.mrr += 1 / float64(rank)
	}
	return rank
}

func (s scores) line(name string) string {
	n := float64(s.n)
	return fmt.Sprintf("%-34s %9d  %8.3f  %8.3f  %5.3f  %9.3f\n", name, s.n, float64(s.at1)/n, float64(s.at5)/n, s.mrr/n, float64(s.none)/n)
}

func (s scores) recall5() float64 { return float64(s.at5) / float64(s.n) }

// bySubstring finds what holds the query as it is typed, as a box that
// filters a list does.
func bySubstring(all []place, query string) (found []string) {
	query = strings.ToLower(query)
	for _, p := range all {
		if strings.Contains(strings.ToLower(p.title+" "+p.text), query) {
			found = append(found, p.id)
		}
	}
	return found
}

// byTitle finds what has most of the query's words in its title, as a search
// without an index can.
func byTitle(all []place, query string) (found []string) {
	type scored struct {
		id string
		n  int
	}
	var hits []scored
	for _, p := range all {
		n := 0
		for w := range strings.FieldsSeq(strings.ToLower(query)) {
			if strings.Contains(strings.ToLower(p.title), w) {
				n++
			}
		}
		if n > 0 {
			hits = append(hits, scored{p.id, n})
		}
	}
	slices.SortStableFunc(hits, func(a, b scored) int { return b.n - a.n })
	for _, h := range hits {
		found = append(found, h.id)
	}
	return found
}

// TestQuality is the scoreboard: what a change of the ranking gains and costs
// shows as a change of its golden file.
func TestQuality(t *testing.T) {
	t.Parallel()
	w, places, all := library(t)
	b := newHarness(t, w)
	b.start()
	b.crawled()
	var ours, substring, titles scores
	var missed strings.Builder
	kinds, order := map[string]*scores{}, []string{}
	asked := questions(t, places)
	for _, q := range asked {
		if kinds[q.kind] == nil {
			kinds[q.kind], order = &scores{}, append(order, q.kind)
		}
		var found []string
		for _, h := range b.search(q.query).Hits {
			found = append(found, h.ID)
		}
		kinds[q.kind].add(found, q.wanted)
		if rank := ours.add(found, q.wanted); rank != 1 {
			fmt.Fprintf(&missed, "rank %d  %s\n", rank, q.query)
		}
		substring.add(bySubstring(all, q.query), q.wanted)
		titles.add(byTitle(all, q.query), q.wanted)
	}
	board := fmt.Sprintf("%d docs, pages, tables and rows\n\n%-34s questions  recall@1  recall@5    MRR  zero hits\n", len(all), "")
	for _, kind := range order {
		board += kinds[kind].line(kind)
	}
	board += "\n" + ours.line("index") + titles.line("title only") + substring.line("plain substring") + "\nnot at rank 1 (0 is not found):\n" + missed.String()
	golden.Check(t, filepath.Join("testdata", "quality", "scoreboard.txt"), board)
	if everyday := kinds["everyday"]; everyday.recall5() < 0.99 || everyday.none > 0 || ours.recall5() < max(substring.recall5(), titles.recall5())+0.2 {
		t.Errorf("below the floor:\n%s", board)
	}
}
