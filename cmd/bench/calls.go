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
	callRounds = 80
	// pace keeps each program below the 100 reads in 6 s that it allows itself;
	// the server makes those of the joined stdio too, and of the actions.
	pace = 200 * time.Millisecond
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
// request alone, and with the same call of a bare server of the same library.
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
	lib, least, err := b.startLibraries(ctx)
	if err != nil {
		return err
	}
	defer lib.close()
	defer least.close()
	ways := b.rowWays(joined, lib, least)
	if err := warm(ways[:len(ways)-1]); err != nil { // an action answers with the result itself
		return err
	}
	work := b.working(lib)
	spent, err := b.counted(ctx, "getRow", callRounds, ways)
	if err != nil {
		return err
	}
	ours, library := work.spent()
	idle, err := b.idleCalls(ctx, joined)
	if err != nil {
		return err
	}
	b.report.add(callRow("stdio", 500*time.Microsecond, idle[0]+ours, spent[1], spent[0], spent[4]), libraryRow("stdio", spent[4], spent[0], library),
		callRow("loopback HTTP", 700*time.Microsecond, idle[1], spent[2], spent[0], spent[5]), libraryRow("loopback HTTP", spent[5], spent[0], ""),
		joinedRow(idle[2], spent[3], spent[1], spent[0]), actionRow(spent[8], spent[2]),
		floorRow("stdio", spent[6], spent[0]), floorRow("loopback HTTP", spent[7], spent[0]))
	return b.rowsCalls(ctx, lib)
}

// rowWays are the ways to one row: the bare request, then ours over stdio, over
// HTTP and joined, the bare library's and the floor's over stdio and HTTP each,
// and an action.
func (b *bench) rowWays(joined *pipe, lib, least *library) []asked {
	link := fmt.Sprintf("%s/docs/%s/tables/%s/rows/%s?valueFormat=rich", b.bare.base, b.at.doc, b.at.table, b.at.row)
	arguments := map[string]any{"document": b.at.doc, "table": b.at.table, "row": b.at.row}
	request, theirs := callTool("coda_get_row", arguments), callTool("get", map[string]any{"link": link})
	return []asked{
		func() ([]byte, time.Duration, error) { return b.bare.send(http.MethodGet, link, "", true) },
		func() ([]byte, time.Duration, error) { return b.stdio.ask(request) },
		func() ([]byte, time.Duration, error) { return b.serve.ask(request) },
		func() ([]byte, time.Duration, error) { return joined.ask(request) },
		func() ([]byte, time.Duration, error) { return lib.stdio.ask(theirs) },
		func() ([]byte, time.Duration, error) { return lib.ask(theirs) },
		func() ([]byte, time.Duration, error) { return least.stdio.ask(theirs) },
		func() ([]byte, time.Duration, error) { return least.ask(theirs) },
		func() ([]byte, time.Duration, error) { return b.serve.act("coda_get_row", arguments) },
	}
}

// counted asks as spaced does; each way makes one upstream request, of this operation.
func (b *bench) counted(ctx context.Context, operation string, rounds int, ways []asked) ([][]time.Duration, error) {
	b.coda.ClearLog()
	spent, err := spaced(ctx, rounds, ways)
	if err != nil {
		return nil, err
	}
	if got, want := b.coda.Count(""), rounds*len(ways); got != want || b.coda.Count(operation) != want {
		return nil, fmt.Errorf("%d upstream requests for %d calls: %w", got, want, errShort)
	}
	return spent, nil
}

// floorRow is what the two hops take without any library; it has no target.
func floorRow(door string, least, bare []time.Duration) row {
	mine, theirs := median(least), median(bare)
	return row{what: "two hops alone, " + door, ours: ms(mine) + ", +" + ms(median(over(least, bare))), target: "(floor)",
		bare: ms(theirs), ratio: times(mine, theirs), ok: true,
		how: "A program without a library of MCP, a client or a server of HTTP, which makes the same GET over an open connection for each line or POST. Bare: that GET from this process, which needs no hop."}
}

// idleCalls says what each door takes to answer what asks nobody upstream.
func (b *bench) idleCalls(ctx context.Context, joined *pipe) (sentences [3]string, err error) {
	nothing := message("server/discover", nil)
	idle, err := spaced(ctx, callRounds/2, []asked{
		func() ([]byte, time.Duration, error) { return b.stdio.ask(nothing) },
		func() ([]byte, time.Duration, error) { return b.serve.ask(nothing) },
		b.serve.health,
		func() ([]byte, time.Duration, error) { return joined.ask(nothing) },
	})
	if err != nil {
		return sentences, err
	}
	return [3]string{
		"server/discover, which asks nobody upstream, takes " + ms(median(idle[0])) + " over stdio.",
		"server/discover takes " + ms(median(idle[1])) + " over loopback HTTP, where GET /health, which needs neither token nor MCP, takes " + ms(median(idle[2])) + ".",
		"server/discover takes " + ms(median(idle[3])) + " over a joined stdio.",
	}, nil
}

// rowsCalls compares a hundred rows with the same rows through the bare server,
// which hands on what Coda sent.
func (b *bench) rowsCalls(ctx context.Context, lib *library) error {
	link := fmt.Sprintf("%s/docs/%s/tables/%s/rows?valueFormat=rich&limit=%d", b.bare.base, b.at.doc, b.at.table, tall)
	request := callTool("coda_list_rows", map[string]any{"document": b.at.doc, "table": b.at.table, "limit": tall})
	theirs := callTool("get", map[string]any{"link": link})
	ways := []asked{
		func() ([]byte, time.Duration, error) { return b.bare.send(http.MethodGet, link, "", true) },
		func() ([]byte, time.Duration, error) { return lib.stdio.ask(theirs) },
		func() ([]byte, time.Duration, error) { return b.stdio.ask(request) },
	}
	if err := warm(ways); err != nil {
		return err
	}
	spent, err := b.counted(ctx, "listRows", callRounds/2, ways)
	if err != nil {
		return err
	}
	mine, bare, extra := median(spent[2]), median(spent[1]), median(over(spent[2], spent[1]))
	b.report.add(row{what: fmt.Sprintf("%d rows x %d columns, stdio", tall, wide), ours: ms(mine) + ", +" + ms(extra), target: "+ < 1 ms",
		bare: ms(bare), ratio: times(mine, bare), ok: extra < time.Millisecond, missed: "+" + ms(extra),
		how:    "coda_list_rows, which makes one upstream request (counted). Bare: the same request through the bare server of the same library, which answers with Coda's JSON as it came; + is the median of the differences.",
		detail: fmt.Sprintf("The upstream request alone takes %s.", ms(median(spent[0]))),
		why:    "The rows are read, made smaller and written anew, which the bare server leaves to the model."})
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

// over are the differences of two ways in the same rounds.
func over(ours, bare []time.Duration) []time.Duration {
	extra := make([]time.Duration, len(ours))
	for i := range ours {
		extra[i] = ours[i] - bare[i]
	}
	return extra
}

// callHow says how all rows of calls were made.
var callHow = fmt.Sprintf("coda_get_row, which makes exactly one upstream request (counted). Bare: that GET alone; + is the median of the differences. "+
	"The library's own: a server of the same MCP library with one tool that makes this GET and nothing else. %d of each in turns, a round every %v, "+
	"so that the program's limiter never waits; each therefore wakes up programs that sleep.", callRounds, pace)

// callRow is the row of one door; alone says what that door costs without a
// tool, library what the bare server of the library took.
func callRow(door string, most time.Duration, alone string, ours, bare, library []time.Duration) row {
	extra := over(ours, bare)
	mine, theirs, more := median(ours), median(bare), median(extra)
	return row{what: "tool call, " + door, ours: ms(mine) + ", +" + ms(more), target: fmt.Sprintf("+ < %.1f ms", most.Seconds()*1000),
		bare: ms(theirs), ratio: times(mine, theirs), ok: more < most, missed: "+" + ms(more), how: callHow,
		detail: fmt.Sprintf("Over %s 9 in 10 were within +%s; %s", door, ms(percentile(extra, 90)), alone),
		why:    fmt.Sprintf("+%s of that is the library's own: the bare server takes as much. %s", ms(median(over(library, bare))), alone)}
}

// libraryRow is what the bare server of the library takes; it has no target.
func libraryRow(door string, library, bare []time.Duration, detail string) row {
	mine, theirs := median(library), median(bare)
	return row{what: "of it the library's own, " + door, ours: ms(mine) + ", +" + ms(median(over(library, bare))), target: "(floor)",
		bare: ms(theirs), ratio: times(mine, theirs), ok: true, how: callHow, detail: detail}
}

// joinedRow sets a stdio that the running server answers beside one that is alone.
func joinedRow(idle string, ours, alone, bare []time.Duration) row {
	mine, theirs, more := median(ours), median(alone), median(over(ours, alone))
	return row{what: "tool call, joined stdio", ours: ms(mine) + ", +" + ms(more), target: "+ < 0.5 ms", bare: ms(theirs), ratio: times(mine, theirs),
		ok: more < 500*time.Microsecond, missed: "+" + ms(more),
		how:    "The same call of a stdio that hands it to the running server, in the same rounds. Bare: the same over a stdio that is alone.",
		detail: fmt.Sprintf("Over the upstream request alone it is +%s. %s", ms(median(over(ours, bare))), idle),
		why:    "One more process wakes up for the call and once more for its answer."}
}
