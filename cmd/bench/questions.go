package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"codabridge/app/control"
	"codabridge/server/coda/codatest"
	"codabridge/tunnel/tunneltest"
)

// The tables that questions are asked over, in rows, and how often each.
var ledgers = []struct{ rows, rounds int }{{200, 12}, {20_000, 2}, {200_000, 1}}

const ledgerDoc = "LedgerDoc01"

// window is how long Coda's limit, and with it the program's, remembers.
const window = 6500 * time.Millisecond

// ledgerID is the id of the table with so many rows.
func ledgerID(rows int) string { return fmt.Sprintf("grid-ledger%06d", rows) }

// ledgerWorkspace is a doc with tables of many rows.
func ledgerWorkspace() codatest.Workspace {
	d := &codatest.Doc{ID: ledgerDoc, Name: "Ledgers", Pages: []*codatest.Page{{Name: "Ledgers"}}}
	for _, l := range ledgers {
		t := &codatest.Table{ID: ledgerID(l.rows), Name: fmt.Sprintf("Ledger of %d", l.rows), Columns: []*codatest.Column{
			{ID: "c-what000001", Name: "What", Type: "text", Display: true}, {ID: "c-kind000001", Name: "Kind", Type: "select", Options: []string{"Bolt", "Nut", "Washer"}},
			{ID: "c-count00001", Name: "Count", Type: "number"}, {ID: "c-day0000001", Name: "Day", Type: "date"}, {ID: "c-price00001", Name: "Price", Type: "currency"}}}
		for i := range l.rows {
			t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-%08d", i), Values: []any{fmt.Sprint("Item ", i), t.Columns[1].Options[i%3],
				float64(i%1000) / 4, fmt.Sprintf("2026-%02d-%02d", i%12+1, i%28+1), float64(i%500) / 100}})
		}
		d.Tables = append(d.Tables, t)
	}
	return codatest.Workspace{User: codatest.Person{Name: "Robin Vale", Email: "robin.vale@fernhill.example"}, Docs: []*codatest.Doc{d}}
}

// questions asks one over tables of three sizes: of Coda, and of the index.
func (b *bench) questions(ctx context.Context) error {
	coda := codatest.New(codatest.Options{Workspace: ledgerWorkspace()})
	if err := coda.Start(); err != nil {
		return err
	}
	defer func() { _ = coda.Close() }()
	own := &bench{dir: filepath.Join(b.dir, "questions"), binary: b.binary, coda: coda, bare: upstream{http: b.bare.http, base: coda.URL()}}
	if err := os.MkdirAll(own.dir, 0o700); err != nil {
		return err
	}
	own.env = environment(own.dir, coda.URL(), b.edge.ConnectURL(), b.edge.WriteCA(own.dir))
	p, _, err := own.timedStart(ctx, own.aloneDir())
	if err != nil {
		return err
	}
	for _, l := range ledgers {
		r, err := own.question(ctx, p, l.rows, l.rounds)
		if err != nil {
			_ = p.close()
			return err
		}
		b.report.add(r)
	}
	if err := p.close(); err != nil {
		return err
	}
	r, err := own.indexedQuestion(ctx, ledgers[len(ledgers)-1].rows)
	if err == nil {
		b.report.add(r)
	}
	return err
}

// ledgerAsk is the question, by the money of a table or by what the index has too.
func ledgerAsk(rows int, column string) []byte {
	return callTool("coda_query_rows", map[string]any{"document": ledgerDoc, "table": ledgerID(rows), "group_by": []any{map[string]any{"column": "Day", "by": "month"}},
		"aggregate": []any{map[string]any{"op": "count"}, map[string]any{"op": "sum", "column": column}}})
}

// question measures one over so many rows beside the requests that it takes.
func (b *bench) question(ctx context.Context, p *pipe, rows, rounds int) (r row, err error) {
	paged, per, err := b.pagedBytes(p, rows)
	if err != nil {
		return r, err
	}
	var ours, bare []time.Duration
	size, requests := 0, 0
	for range rounds {
		if err := rest(ctx, min(window, time.Duration(rows)*time.Millisecond)); err != nil { // so that the limiter has room
			return r, err
		}
		took, _, err := b.bareRows(rows)
		if err != nil {
			return r, err
		}
		bare = append(bare, took)
		b.coda.ClearLog()
		answer, took, err := p.ask(ledgerAsk(rows, "Price"))
		if err != nil {
			return r, err
		}
		requests = b.coda.Count("listRows")
		text, err := textOf(answer)
		if err != nil {
			return r, err
		}
		size, err = b.wholeAnswer(text, rows, "Coda")
		if err != nil {
			return r, err
		}
		ours = append(ours, took)
	}
	mine, theirs := median(ours), median(bare)
	return row{what: fmt.Sprintf("question over %d rows", rows), ours: fmt.Sprintf("%s, %d requests, %s", ms(mine), requests, amount(size)),
		target: "< 4,000 B, bare + 10 % + 5 ms", bare: ms(theirs), ratio: times(mine, theirs),
		ok:  size < 4000 && (float64(mine) < 1.1*float64(theirs)+float64(5*time.Millisecond) || requests > 100),
		how: "coda_query_rows over stdio: rows and sums of money by month, read from Coda. Bare: the same pages of 500 rows one after the other, their bodies thrown away, and without the limit that the program keeps for Coda's sake: 100 requests in 6 s, so that 400 take 18 s at least.",
		detail: fmt.Sprintf("Over %d rows, paging through them with coda_list_rows would be %s of answers in %d calls (three measured, the rest by their size).",
			rows, amount(paged), (rows+per-1)/per),
		why: "The first rounds meet a program and a far end that sleep."}, nil
}

// wholeAnswer checks that an answer rests on all rows, and gives its size.
func (b *bench) wholeAnswer(text string, rows int, source string) (int, error) {
	var got struct {
		Rows     [][]any
		RowsRead int `json:"rows_read"`
		Source   string
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return 0, err
	}
	if got.RowsRead != rows || len(got.Rows) != 12 || got.Source != source {
		return 0, fmt.Errorf("%.300s: %w", text, errShort)
	}
	return len(text), nil
}

// bareRows reads all rows of a table without anything of ours.
func (b *bench) bareRows(rows int) (took time.Duration, requests int, err error) {
	link := fmt.Sprintf("%s/docs/%s/tables/%s/rows", b.bare.base, ledgerDoc, ledgerID(rows))
	began := time.Now()
	for query := "?limit=500&valueFormat=rich"; query != ""; requests++ {
		body, _, err := b.bare.send(http.MethodGet, link+query, "", true)
		if err != nil {
			return 0, 0, err
		}
		var page struct{ NextPageToken string }
		if err := json.Unmarshal(body, &page); err != nil {
			return 0, 0, err
		}
		query = ""
		if page.NextPageToken != "" {
			query = "?pageToken=" + page.NextPageToken
		}
	}
	return time.Since(began), requests, nil
}

// pagedBytes is what paging through a table would be of answers, and how many
// rows come in each.
func (b *bench) pagedBytes(p *pipe, rows int) (size, per int, err error) {
	cursor, count := "", 0
	for i := 0; i < 3 && (i == 0 || cursor != ""); i++ {
		args := map[string]any{"document": ledgerDoc, "table": ledgerID(rows), "limit": 500}
		if cursor != "" {
			args["cursor"] = cursor
		}
		answer, _, err := p.ask(callTool("coda_list_rows", args))
		if err != nil {
			return 0, 0, err
		}
		text, err := textOf(answer)
		if err != nil {
			return 0, 0, err
		}
		var got struct {
			Rows       []json.RawMessage
			NextCursor string `json:"next_cursor"`
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			return 0, 0, err
		}
		size, count, cursor, per = size+len(text), count+len(got.Rows), got.NextCursor, max(per, len(got.Rows))
	}
	return size * rows / max(count, 1), max(per, 1), nil
}

// indexedQuestion asks over columns that the index has, once it has them.
func (b *bench) indexedQuestion(ctx context.Context, rows int) (r row, err error) {
	edge, err := tunneltest.New(tunneltest.Options{})
	if err != nil {
		return r, err
	}
	defer edge.Close()
	b.env = append(environment(b.dir, b.coda.URL(), edge.ConnectURL(), edge.WriteCA(b.dir)), "CODABRIDGE_INDEX=on")
	s, err := b.startServer(ctx, filepath.Join(b.dir, "indexed"))
	if err != nil {
		return r, err
	}
	defer s.close()
	if err := s.signIn(ctx); err != nil {
		return r, err
	}
	if err := indexed(ctx, s.dir, rows); err != nil {
		return r, err
	}
	var took time.Duration
	size, requests := 0, 0
	for range 3 {
		if err := rest(ctx, time.Second); err != nil {
			return r, err
		}
		b.coda.ClearLog()
		var answer []byte
		answer, took, err = s.ask(ledgerAsk(rows, "Count"))
		if err != nil {
			return r, err
		}
		requests = b.coda.Count("")
		text, err := textOf(answer)
		if err != nil {
			return r, err
		}
		size, err = b.wholeAnswer(text, rows, "index")
		if err != nil {
			return r, err
		}
	}
	theirs, _, err := b.bareRows(rows)
	return row{what: fmt.Sprintf("the same over %d rows, from the index", rows), ours: fmt.Sprintf("%s, %d requests, %s", ms(took), requests, amount(size)),
		target: "one request", bare: ms(theirs), ratio: times(took, theirs), ok: requests == 1,
		how: "The sum of a number by month over loopback HTTP, with the index complete and Coda asked whether the doc is still as it was stored. Bare: reading the rows from Coda."}, err
}

// indexed waits until so many rows are in the index of a data folder.
func indexed(ctx context.Context, dir string, rows int) error {
	began := time.Now()
	for read := 0; read < rows; {
		if time.Since(began) > 5*time.Minute {
			return fmt.Errorf("%d rows in the index after 5 minutes: %w", read, errShort)
		}
		if err := rest(ctx, time.Second); err != nil {
			return err
		}
		state, err := control.NewClient(dir).Status(ctx)
		if err != nil {
			return err
		}
		if state.Index.Percent == 100 {
			read = state.Index.Rows
		}
	}
	return nil
}

// rest waits.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
