package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"codabridge/server/coda/codatest"
)

// exportTimes are how long the fake takes for an export. They lie on no
// schedule of polls, and are as many as a program may begin without a pause.
var exportTimes = []time.Duration{
	170 * time.Millisecond, 410 * time.Millisecond, 730 * time.Millisecond, 1090 * time.Millisecond, 1640 * time.Millisecond,
}

// barePoll is how often the bare reference asks; a patient reader would be
// late by half of it.
const barePoll = 5 * time.Millisecond

// pages compares coda_get_page with the same export asked for without a pause.
func (b *bench) pages(context.Context) error {
	pages, err := b.canvases()
	if err != nil {
		return err
	}
	var late, ours, bare [2][]time.Duration
	defer b.coda.Set(func(k *codatest.Knobs) { k.ExportAfter = 0 })
	for i, takes := range exportTimes {
		b.coda.Set(func(k *codatest.Knobs) { k.ExportAfter = takes })
		page := pages[i%len(pages)]
		request := callTool("coda_get_page", map[string]any{"document": b.at.doc, "page": page})
		spent, err := together(
			func() (time.Duration, error) { return b.bareExport(page) },
			func() (time.Duration, error) { return timedText(b.stdio.ask, request) },
			func() (time.Duration, error) { return timedText(b.serve.ask, request) })
		if err != nil {
			return err
		}
		for way := range late {
			ours[way], bare[way] = append(ours[way], spent[way+1]), append(bare[way], spent[0])
			late[way] = append(late[way], spent[way+1]-spent[0])
		}
	}
	for way, name := range []string{"stdio", "loopback HTTP"} {
		b.report.add(pageRow(name, ours[way], bare[way], late[way]))
	}
	return nil
}

func pageRow(door string, ours, bare, late []time.Duration) row {
	mine, theirs, extra := median(ours), median(bare), median(late)
	return row{what: "read a page, " + door, ours: ms(mine) + ", +" + ms(extra), target: "+ < 300 ms", bare: ms(theirs),
		ratio: times(mine, theirs), ok: extra < 300*time.Millisecond, missed: "+" + ms(extra),
		how: fmt.Sprintf("coda_get_page, for exports that take the fake %v to %v; + is the median of the differences. Bare: the same POST, a poll every %v until there is a link, and the download. Five of different lengths, since a sixth would wait for the limiter.",
			exportTimes[0], exportTimes[len(exportTimes)-1], barePoll),
		detail: fmt.Sprintf("Over %s the latest was +%s.", door, ms(slices.Max(late))),
		why:    "The pauses between our polls decide how late a finished export is seen."}
}

// canvases lists pages of the document that can be exported.
func (b *bench) canvases() (ids []string, err error) {
	answer, _, err := b.bare.send(http.MethodGet, b.bare.base+"/docs/"+b.at.doc+"/pages", "", true)
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []struct{ ID, ContentType string }
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return nil, err
	}
	for _, p := range list.Items {
		if p.ContentType == "canvas" {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("no page can be exported: %w", errShort)
	}
	return ids, nil
}

// bareExport exports a page with no more than the requests that it takes.
func (b *bench) bareExport(page string) (time.Duration, error) {
	began := time.Now()
	link := b.bare.base + "/docs/" + b.at.doc + "/pages/" + page + "/export"
	answer, _, err := b.bare.send(http.MethodPost, link, `{"outputFormat":"markdown"}`, true)
	var export struct{ ID, DownloadLink string }
	for err == nil {
		err = json.Unmarshal(answer, &export)
		if err != nil {
			break
		}
		if export.DownloadLink != "" {
			_, _, err = b.bare.send(http.MethodGet, export.DownloadLink, "", false)
			break
		}
		time.Sleep(barePoll)
		answer, _, err = b.bare.send(http.MethodGet, link+"/"+export.ID, "", true)
	}
	return time.Since(began), err
}

// timedText makes a tool call that has to give a text read by export.
func timedText(ask func([]byte) ([]byte, time.Duration, error), request []byte) (time.Duration, error) {
	answer, took, err := ask(request)
	if err != nil {
		return 0, err
	}
	text, err := textOf(answer)
	if err == nil && !strings.Contains(text, "markdown export") {
		err = fmt.Errorf("the page was not read by export: %w: %.300s", errShort, text)
	}
	return took, err
}

// together runs all at once; they mostly wait.
func together(all ...func() (time.Duration, error)) ([]time.Duration, error) {
	spent, errs := make([]time.Duration, len(all)), make([]error, len(all))
	var work sync.WaitGroup
	for i, f := range all {
		work.Go(func() { spent[i], errs[i] = f() })
	}
	work.Wait()
	return spent, errors.Join(errs...)
}
