package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"codabridge/server/coda/codatest"
)

const (
	callRounds = 100
	// pace keeps each program below the 80 reads in 6 s that it allows itself;
	// the server makes those of the joined stdio too.
	pace = 160 * time.Millisecond
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

// asked makes one request and says how long that took.
type asked func() ([]byte, time.Duration, error)

// warm goes each way once: the first call also looks up document and columns.
func warm(ways []asked) error {
	for i, way := range ways {
		answer, _, err := way()
		if err == nil && i > 0 {
			_, err = textOf(answer)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// calls compares a call that makes exactly one upstream request with that
// request alone.
func (b *bench) calls(ctx context.Context) (err error) {
	b.stdio, _, err = b.timedStart(ctx, b.aloneDir())
	if err != nil {
		return err
	}
	joined, _, err := b.timedStart(ctx, b.serve.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, joined.close()) }()
	link := fmt.Sprintf("%s/docs/%s/tables/%s/rows/%s?valueFormat=rich", b.bare.base, b.at.doc, b.at.table, b.at.row)
	arguments, nothing := map[string]any{"document": b.at.doc, "table": b.at.table, "row": b.at.row}, message("server/discover", nil)
	request := callTool("coda_get_row", arguments)
	ways := []asked{
		func() ([]byte, time.Duration, error) { return b.bare.send(http.MethodGet, link, "", true) },
		func() ([]byte, time.Duration, error) { return b.stdio.ask(request) },
		func() ([]byte, time.Duration, error) { return b.serve.ask(request) },
		func() ([]byte, time.Duration, error) { return joined.ask(request) },
		func() ([]byte, time.Duration, error) { return b.serve.act("coda_get_row", arguments) },
	}
	err = warm(ways[:4]) // an action answers with the result itself
	if err != nil {
		return err
	}
	b.coda.ClearLog()
	spent, err := spaced(ctx, callRounds, ways)
	if err != nil {
		return err
	}
	if got, want := b.coda.Count(""), callRounds*len(ways); got != want || b.coda.Count("getRow") != want {
		return fmt.Errorf("%d upstream requests for %d calls: %w", got, want, errShort)
	}
	idle, err := spaced(ctx, callRounds/2, []asked{
		func() ([]byte, time.Duration, error) { return b.stdio.ask(nothing) },
		func() ([]byte, time.Duration, error) { return b.serve.ask(nothing) },
		b.serve.health,
		func() ([]byte, time.Duration, error) { return joined.ask(nothing) },
	})
	if err != nil {
		return err
	}
	alone := []string{
		"server/discover, which asks nobody upstream, takes " + ms(median(idle[0])) + " over stdio.",
		"server/discover takes " + ms(median(idle[1])) + " over loopback HTTP, where GET /health, which needs neither token nor MCP, takes " + ms(median(idle[2])) + ".",
		"server/discover takes " + ms(median(idle[3])) + " over a joined stdio.",
	}
	b.report.add(callRow("stdio", alone[0], spent[1], spent[0]), callRow("loopback HTTP", alone[1], spent[2], spent[0]),
		callRow("joined stdio", alone[2], spent[3], spent[0]), actionRow(spent[4], spent[2]))
	return nil
}

// spaced asks in rounds, every way once a round and another one first in each,
// since the first after a pause meets a sleeping machine.
func spaced(ctx context.Context, rounds int, ways []asked) ([][]time.Duration, error) {
	spent := make([][]time.Duration, len(ways))
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for round := range rounds {
		for i := range ways {
			way := (round + i) % len(ways)
			_, took, err := ways[way]()
			if err != nil {
				return nil, err
			}
			spent[way] = append(spent[way], took)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return spent, nil
}

// actionRow sets a call by OpenAPI beside the same call over MCP at the same door.
func actionRow(ours, mcp []time.Duration) row {
	mine, theirs := median(ours), median(mcp)
	return row{what: "action call, loopback HTTP", ours: ms(mine), target: "<= MCP", bare: ms(theirs), ratio: times(mine, theirs),
		ok: mine <= theirs+theirs/10, missed: "+" + ms(mine-theirs),
		how:    "POST /actions/coda_get_row with a bearer, in the same rounds as the rows of tool calls. Bare: the same call over MCP at the same door; a tenth more is noise.",
		detail: "Over POST /actions 9 in 10 took at most " + ms(percentile(ours, 90)) + ".",
		why:    "Both make one upstream request and differ in the message around it alone."}
}

// callRow is the row of one door; alone says what that door costs without a
// tool.
func callRow(door, alone string, ours, bare []time.Duration) row {
	over := make([]time.Duration, len(ours))
	for i := range ours {
		over[i] = ours[i] - bare[i]
	}
	mine, theirs, extra := median(ours), median(bare), median(over)
	return row{what: "tool call, " + door, ours: ms(mine) + ", +" + ms(extra), target: "+ < 1 ms",
		bare: ms(theirs), ratio: times(mine, theirs), ok: extra < time.Millisecond, missed: "+" + ms(extra),
		how: fmt.Sprintf("coda_get_row, which makes exactly one upstream request (counted). Bare: that GET alone; + is the median of the differences. %d of each in turns, a round every %v, so that the program's limiter never waits; each therefore wakes up programs that sleep.",
			callRounds, pace),
		detail: fmt.Sprintf("Over %s 9 in 10 were within +%s; %s", door, ms(percentile(over, 90)), alone),
		why:    "Of that, the door has its part: " + alone}
}
