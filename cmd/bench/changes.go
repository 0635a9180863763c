package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"
)

// changeRounds are as many writes as Coda takes at once; a sixth would wait for
// the limiter.
const changeRounds = 5

// polled is the question whether a write is applied. How often it is put
// depends on when it is put, not on the record, so it is not counted.
const polled = "getMutationStatus"

// changes compares a write, which is recorded with how it was before, with the
// same write where nothing is recorded.
func (b *bench) changes(ctx context.Context) error {
	off := &pipe{cmd: b.command(ctx, filepath.Join(b.dir, "unrecorded"), "stdio"), errs: &bytes.Buffer{}}
	off.cmd.Env = append(off.cmd.Env, "CODABRIDGE_CHANGES=off")
	if err := off.start(); err != nil {
		return err
	}
	kinds := map[*pipe]*written{b.stdio: {}, off: {}}
	for p := range kinds { // so that document and row are known
		if _, _, err := p.ask(callTool("coda_get_row", map[string]any{"document": b.at.doc, "table": b.at.table, "row": b.at.row})); err != nil {
			return err
		}
	}
	for i := range changeRounds {
		for p, w := range kinds {
			if err := b.write(p, fmt.Sprint("text ", i), w); err != nil {
				return err
			}
		}
	}
	with, without := kinds[b.stdio], kinds[off]
	mine, theirs := median(with.took), median(without.took)
	b.report.add(row{what: "a change, with how it was before", ours: fmt.Sprintf("%s, %d requests", ms(mine), with.requests),
		target: fmt.Sprintf("<= %d requests", without.requests+1), bare: fmt.Sprintf("%s, %d requests", ms(theirs), without.requests),
		ratio: times(mine, theirs), ok: with.requests <= without.requests+1 && with.kept && !without.kept,
		how: fmt.Sprintf("coda_update_row of one cell over stdio, recorded so that it can be put back, %d in a row: columns, row and write. Bare: the same with CODABRIDGE_CHANGES=off. Questions whether it is applied are timed and not counted.",
			changeRounds),
		detail: fmt.Sprintf("The record takes +%s, on the disk before the write is sent and after it.", ms(median(over(with.took, without.took)))),
		why:    "More is asked for the record than the row as it was."})
	if err := off.close(); err != nil {
		return err
	}
	return ctx.Err()
}

// written is what writes took.
type written struct {
	took     []time.Duration
	requests int  // the most of one write
	kept     bool // each has a change id
}

// write changes a cell and notes what it took.
func (b *bench) write(p *pipe, value string, w *written) error {
	b.coda.ClearLog()
	answer, took, err := p.ask(callTool("coda_update_row", map[string]any{"document": b.at.doc, "table": b.at.table, "row": b.at.row,
		"values": map[string]any{"Remark": value}}))
	if err != nil {
		return err
	}
	text, err := textOf(answer)
	if err != nil {
		return err
	}
	var done struct{ Status, Change string }
	if err := json.Unmarshal([]byte(text), &done); err != nil || done.Status != "applied" {
		return fmt.Errorf("%.300s: %w", text, errShort)
	}
	w.kept = done.Change != "" && (w.kept || len(w.took) == 0)
	w.took, w.requests = append(w.took, took), max(w.requests, b.coda.Count("")-b.coda.Count(polled))
	return nil
}
