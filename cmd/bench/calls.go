package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"codabridge/server/coda/codatest"
)

const (
	callRounds = 100
	// pace keeps each program below the 80 reads in 6 s that it allows itself.
	pace = 80 * time.Millisecond
)

// upstream makes requests to the fake Coda without anything of ours between.
type upstream struct {
	http *http.Client
	base string
}

func (u upstream) send(method, link, body string, bearer bool) ([]byte, time.Duration, error) {
	req, err := http.NewRequest(method, link, strings.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer {
		req.Header.Set("Authorization", "Bearer "+codatest.Token)
	}
	began := time.Now()
	resp, err := u.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	took := time.Since(began)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("bare %s: %s %.200s", method, resp.Status, answer)
	}
	return answer, took, err
}

// calls compares a call that makes exactly one upstream request with that
// request alone. The three are made in turns.
func (b *bench) calls(ctx context.Context) error {
	link := fmt.Sprintf("%s/docs/%s/tables/%s/rows/%s?valueFormat=rich", b.bare.base, b.at.doc, b.at.table, b.at.row)
	request := callTool("coda_get_row", map[string]any{"document": b.at.doc, "table": b.at.table, "row": b.at.row})
	ways := []func() ([]byte, time.Duration, error){
		func() ([]byte, time.Duration, error) { return b.bare.send(http.MethodGet, link, "", true) },
		func() ([]byte, time.Duration, error) { return b.stdio.ask(request) },
		func() ([]byte, time.Duration, error) { return b.serve.ask(request) },
	}
	for i, way := range ways { // the first call also looks up document and columns
		answer, _, err := way()
		if err == nil && i > 0 {
			_, err = textOf(answer)
		}
		if err != nil {
			return err
		}
	}
	b.coda.Forget()
	spent := make([][]time.Duration, len(ways))
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for range callRounds {
		for i, way := range ways {
			_, took, err := way()
			if err != nil {
				return err
			}
			spent[i] = append(spent[i], took)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if got, want := b.coda.Count(""), callRounds*len(ways); got != want || b.coda.Count("getRow") != want {
		return fmt.Errorf("%d upstream requests for %d calls: %w", got, want, errShort)
	}
	b.report.add(callRow("tool call over stdio", spent[1], spent[0]), callRow("tool call over loopback HTTP", spent[2], spent[0]))
	return nil
}

func callRow(what string, ours, bare []time.Duration) row {
	over := make([]time.Duration, len(ours))
	for i := range ours {
		over[i] = ours[i] - bare[i]
	}
	mine, theirs, extra := median(ours), median(bare), median(over)
	return row{what: what, ours: ms(mine) + ", +" + ms(extra), target: "+ < 1 ms", bare: ms(theirs), ratio: times(mine, theirs), ok: extra < time.Millisecond,
		how: fmt.Sprintf("coda_get_row, which makes exactly one upstream request (counted). Bare: that GET alone. %d of each in turns, one round in %s so that the program's own limiter never waits; 9 in 10 within +%s.",
			callRounds, pace, ms(percentile(over, 90)))}
}
