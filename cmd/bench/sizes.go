package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// sizes counts what a model is given to read.
func (b *bench) sizes(context.Context) error {
	if err := b.rows(); err != nil {
		return err
	}
	answer, _, err := b.stdio.ask(message("tools/list", nil))
	if err != nil {
		return err
	}
	var list struct {
		Result struct{ Tools json.RawMessage }
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return err
	}
	var tools []json.RawMessage
	if err := json.Unmarshal(list.Result.Tools, &tools); err != nil || len(tools) == 0 {
		return fmt.Errorf("tools/list: %w", errShort)
	}
	n := len(list.Result.Tools)
	b.report.add(row{what: "tools/list, default set", ours: amount(n), target: "< 14,000 B", ok: n < 14000,
		how: fmt.Sprintf("The %d tools as sent over stdio, those that write among them.", len(tools))})
	return nil
}

// rows counts a hundred rows of twelve columns, over as many answers as they
// take.
func (b *bench) rows() error {
	link := fmt.Sprintf("%s/docs/%s/tables/%s/rows?valueFormat=rich&limit=%d", b.bare.base, b.at.doc, b.at.table, tall)
	raw, _, err := b.bare.send(http.MethodGet, link, "", true)
	if err != nil {
		return err
	}
	size, count, answers, values, cursor := 0, 0, 0, 0, ""
	for count < tall && (answers == 0 || cursor != "") {
		args := map[string]any{"document": b.at.doc, "table": b.at.table, "limit": tall - count}
		if cursor != "" {
			args["cursor"] = cursor
		}
		text, bare, columns, rows, next, err := b.someRows(args)
		if err != nil {
			return err
		}
		if columns != wide+1 { // the first is the row's id
			return fmt.Errorf("%d columns: %w", columns, errShort)
		}
		size, count, values, cursor = size+text, count+rows, values+bare, next
		answers++
	}
	if count != tall {
		return fmt.Errorf("%d rows: %w", count, errShort)
	}
	b.report.add(row{what: fmt.Sprintf("%d rows x %d columns, for a model", tall, wide), ours: amount(size), target: "< 14,000 B",
		bare: amount(len(raw)), ratio: times(size, len(raw)), ok: size < 14000,
		how: fmt.Sprintf("coda_list_rows of the sample's tasks (people, relations, dates, select lists), row ids included, the text of the answer; calls needed: %d. Bare: Coda's own JSON of the same rows with rich values.", answers),
		why: fmt.Sprintf("The values and row ids alone, without a quotation mark or a comma between them, are %s.", amount(values))})
	return nil
}

// someRows makes one call and gives the size of its text, of the values alone, and
// what is in it.
func (b *bench) someRows(args map[string]any) (size, values, columns, rows int, next string, err error) {
	answer, _, err := b.stdio.ask(callTool("coda_list_rows", args))
	if err != nil {
		return 0, 0, 0, 0, "", err
	}
	text, err := textOf(answer)
	if err != nil {
		return 0, 0, 0, 0, "", err
	}
	var got struct {
		Columns    []string
		Rows       [][]any
		NextCursor string `json:"next_cursor"`
	}
	err = json.Unmarshal([]byte(text), &got)
	for _, row := range got.Rows {
		for _, v := range row {
			values += len(fmt.Sprint(v))
		}
	}
	return len(text), values, len(got.Columns), len(got.Rows), got.NextCursor, err
}
