package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// changeRounds are as many writes as Coda takes at once; a sixth would wait for
// the limiter.
const changeRounds = 5

// changes compares a write, which is recorded with how it was before, with the
// requests that it takes without a record.
func (b *bench) changes(ctx context.Context) error {
	link := fmt.Sprintf("%s/docs/%s/tables/%s/rows/%s", b.bare.base, b.at.doc, b.at.table, b.at.row)
	var ours, bare []time.Duration
	requests, reads, least := 0, 0, 0
	if _, _, err := b.stdio.ask(callTool("coda_get_row", map[string]any{"document": b.at.doc, "table": b.at.table, "row": b.at.row})); err != nil {
		return err // so that document and columns are known
	}
	for i := range changeRounds {
		b.coda.ClearLog()
		took, err := b.bareWrite(link, fmt.Sprint("bare ", i))
		if err != nil {
			return err
		}
		least = max(least, b.coda.Count(""))
		bare = append(bare, took)
		b.coda.ClearLog()
		answer, took, err := b.stdio.ask(callTool("coda_update_row", map[string]any{"document": b.at.doc, "table": b.at.table, "row": b.at.row,
			"values": map[string]any{"Remark": fmt.Sprint("ours ", i)}}))
		if err != nil {
			return err
		}
		text, err := textOf(answer)
		if err != nil {
			return err
		}
		var done struct{ Status, Change string }
		if err := json.Unmarshal([]byte(text), &done); err != nil || done.Status != "applied" || done.Change == "" {
			return fmt.Errorf("%.300s: %w", text, errShort)
		}
		requests, reads = max(requests, b.coda.Count("")), max(reads, b.coda.Count("getRow"))
		ours = append(ours, took)
	}
	mine, theirs, extra := median(ours), median(bare), median(over(ours, bare))
	b.report.add(row{what: "a change, with how it was before", ours: fmt.Sprintf("%s, %d requests", ms(mine), requests),
		target: fmt.Sprintf("<= %d requests", least+1), bare: fmt.Sprintf("%s, %d requests", ms(theirs), least), ratio: times(mine, theirs), ok: requests <= least+1,
		how: fmt.Sprintf("coda_update_row of one cell, recorded so that it can be put back, %d in a row; %d of its requests reads what was there. Bare: the write and the question whether it is applied.",
			changeRounds, reads),
		detail: fmt.Sprintf("It takes +%s over the bare requests, the record on the disk included.", ms(extra)),
		why:    "More is asked than the row as it was."})
	return ctx.Err()
}

// bareWrite writes a cell and asks until it is applied.
func (b *bench) bareWrite(link, text string) (time.Duration, error) {
	began := time.Now()
	answer, _, err := b.bare.send(http.MethodPut, link, fmt.Sprintf(`{"row":{"cells":[{"column":"c-bench00001","value":%q}]}}`, text), true)
	if err != nil {
		return 0, err
	}
	var accepted struct{ RequestID string }
	if err := json.Unmarshal(answer, &accepted); err != nil {
		return 0, err
	}
	for {
		answer, _, err := b.bare.send(http.MethodGet, b.bare.base+"/mutationStatus/"+accepted.RequestID, "", true)
		if err != nil {
			return 0, err
		}
		var now struct{ Completed bool }
		if err := json.Unmarshal(answer, &now); err != nil {
			return 0, err
		}
		if now.Completed {
			return time.Since(began), nil
		}
		time.Sleep(barePoll)
	}
}
