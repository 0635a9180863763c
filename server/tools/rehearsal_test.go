//go:build !race

package tools_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda/codatest"
	"codabridge/server/golden"
	"codabridge/server/index"
)

// rehearsal is an assistant at work: what its owner asks, and the calls that a
// good model makes for it with the small set of tools, on the sample workspace.
// What the model concludes is held against the workspace itself.
type rehearsal struct {
	*harness
	index *index.Index
	truth codatest.Workspace // as it was in the beginning
	today time.Time

	tool  map[string]int // calls of each
	calls int
	bytes int
	known map[string]string // what the model keeps in mind: ids, lines
}

// request is what the owner asks, and how a good model answers it.
type request struct {
	asked string
	work  func(q *rehearsal)
}

// ask makes one call, which must succeed.
func (q *rehearsal) ask(tool string, args object) string {
	q.Helper()
	a := q.call(tool, args).ok(nil)
	q.calls++
	q.bytes += len(a.text)
	q.tool[tool]++
	return a.text
}

// must says that an answer holds all that the truth is made of.
func (q *rehearsal) must(answer string, parts ...string) {
	q.Helper()
	for _, p := range parts {
		if !strings.Contains(answer, p) {
			q.Errorf("the answer does not say %q: %.1500s", p, answer)
		}
	}
}

// hit is the id of the first hit of a search whose id begins so and whose
// title holds a text.
func (q *rehearsal) hit(found, kind, title string) string {
	q.Helper()
	var f deepFound
	if err := json.Unmarshal([]byte(found), &f); err != nil {
		q.Fatal(err)
	}
	for _, r := range f.Results {
		if strings.HasPrefix(r.ID, kind+":") && strings.Contains(r.Title, title) {
			return r.ID
		}
	}
	q.Fatalf("no %s called %q was found: %.1500s", kind, title, found)
	return ""
}

// rows reads the rows of an answer.
func (q *rehearsal) rows(answer string) [][]any {
	q.Helper()
	var got struct{ Rows [][]any }
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		q.Fatal(err)
	}
	return got.Rows
}

// spoken writes rows as they would be said, to be compared.
func spoken(rows [][]any) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r...))
	}
	return strings.Join(out, "\n")
}

// table is the truth of a table.
func (q *rehearsal) table(doc, name string) *codatest.Table {
	q.Helper()
	for _, d := range q.truth.Docs {
		for _, t := range d.Tables {
			if d.Name == doc && t.Name == name {
				return t
			}
		}
	}
	q.Fatalf("there is no table %s", name)
	return nil
}

// each walks the truth of a table, by the names of columns.
func (q *rehearsal) each(doc, name string, take func(id string, v map[string]any)) {
	t := q.table(doc, name)
	for _, r := range t.Rows {
		v := map[string]any{}
		for i, c := range t.Columns {
			if i < len(r.Values) {
				v[c.Name] = r.Values[i]
			}
		}
		take(r.ID, v)
	}
}

func personOf(v any) string { p, _ := v.(codatest.Person); return p.Name }

func (q *rehearsal) day(n int) string { return q.today.AddDate(0, 0, n).Format(time.DateOnly) }

const (
	mostCalls = 70
	mostBytes = 90_000
)

// TestTheRehearsalOfADay carries out what an owner asks on a day. Its table is
// testdata/rehearsal.txt: what was asked, the calls and bytes it took.
func TestTheRehearsalOfADay(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	began := time.Now()
	r, x, _ := indexed(t, complete, func(s *settings) {
		s.fake.Workspace = codatest.SampleAt(today)
		s.tools.Now = func() time.Time { return today.Add(time.Since(began)) }
	})
	r.asCaller(caller.Caller{ID: "grant-1", Name: "ChatGPT", Reach: caller.Reach{Write: true}})
	q := &rehearsal{harness: r, index: x, truth: codatest.SampleAt(today), today: today, known: map[string]string{}, tool: map[string]int{}}
	var table strings.Builder
	fmt.Fprintf(&table, "%-52s %5s %7s\n", "asked", "calls", "bytes")
	for _, ask := range requestsOfADay {
		calls, bytes := q.calls, q.bytes
		ask.work(q)
		fmt.Fprintf(&table, "%-52s %5d %7d\n", ask.asked, q.calls-calls, q.bytes-bytes)
	}
	fmt.Fprintf(&table, "%-52s %5d %7d\n\n", fmt.Sprintf("%d requests", len(requestsOfADay)), q.calls, q.bytes)
	fmt.Fprintf(&table, "%-52s %5s %7s\n", "tool of the small set", "calls", "bytes in tools/list")
	for _, d := range r.listTools() {
		fmt.Fprintf(&table, "%-52s %5d %7d\n", d.Name, q.tool[d.Name], len(mustJSON(d)))
	}
	if q.calls >= mostCalls || q.bytes >= mostBytes || len(requestsOfADay) != 24 {
		t.Errorf("%d requests took %d calls and %d bytes, of %d and %d:\n%s", len(requestsOfADay), q.calls, q.bytes, mostCalls, mostBytes, &table)
	}
	t.Log("\n" + table.String())
	file := filepath.Join("testdata", "rehearsal.txt")
	if kept, err := os.ReadFile(file); golden.Updating() || err != nil || !alikeTables(string(kept), table.String()) {
		golden.Check(t, file, []byte(table.String()))
	}
}

// alikeTables tells that two tables differ in no more than a quarter of the
// bytes: each new word of an answer need not renew the file.
func alikeTables(a, b string) bool {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	return slices.EqualFunc(x, y, func(a, b string) bool {
		p, q := strings.Fields(a), strings.Fields(b)
		if len(p) == 0 || len(p) != len(q) {
			return a == b
		}
		last := len(p) - 1
		m, errM := strconv.Atoi(p[last])
		n, errN := strconv.Atoi(q[last])
		return slices.Equal(p[:last], q[:last]) && (p[last] == q[last] || errM == nil && errN == nil && 4*max(m-n, n-m) <= m+200)
	})
}
