package tools

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"codabridge/server/coda"
)

// How a page was read.
const (
	byExport = "markdown export"
	byLines  = "plain lines"
)

const (
	// partSize is how many characters of a page one answer holds, counted as
	// they are sent.
	partSize = 20000
	// exportPatience is how long an export may take before the plain lines
	// are read instead; both must fit into the deadline.
	exportPatience = 25 * time.Second
	// textAge is how long a page that was read in part stays as it was for
	// the rest; noExportAge how long a refusal to export is believed.
	textAge     = 5 * time.Minute
	noExportAge = 10 * time.Minute
	mostLines   = 20000
)

// pageText is a page as Markdown, and how it was read. A page that is no
// canvas has no text; Coda's refusal says so.
type pageText struct {
	text, how string
	refusal   error
}

// readPage reads a page: by export, or line by line where the token may not
// export or the page cannot be. For the rest of a long page, reuse takes the
// text that the first part was cut from.
func (t *Tools) readPage(ctx context.Context, p place, reuse bool) (pageText, error) {
	age := time.Duration(0)
	if reuse {
		age = textAge
	}
	return t.texts.get(ctx, p.doc.ID+"/"+p.page, age, func(ctx context.Context) (pageText, error) {
		if _, at, refused := t.noExport.peek(p.doc.ID); refused && t.o.Now().Sub(at) < noExportAge {
			return t.readLines(ctx, p)
		}
		patient, cancel := context.WithTimeout(ctx, exportPatience)
		defer cancel()
		text, err := t.o.Coda.ExportPage(patient, p.doc.ID, p.page, coda.Markdown)
		switch {
		case err == nil:
			return pageText{text: text, how: byExport}, nil
		case coda.IsKind(err, coda.KindForbidden):
			t.noExport.put(p.doc.ID, true)
			return t.readLines(ctx, p)
		case coda.IsKind(err, coda.KindBadRequest, coda.KindExportFailed), errors.Is(err, coda.ErrBusy),
			patient.Err() != nil && ctx.Err() == nil:
			return t.readLines(ctx, p)
		}
		return pageText{}, err
	})
}

func (t *Tools) readLines(ctx context.Context, p place) (pageText, error) {
	var lines []coda.Line
	next := func(token string) (coda.Page[coda.Line], error) {
		return t.o.Coda.PageContent(ctx, p.doc.ID, p.page, coda.ListOptions{Limit: 500, PageToken: token})
	}
	for l, err := range coda.Each(next) {
		if coda.IsKind(err, coda.KindBadRequest) {
			return pageText{how: byLines, refusal: err}, nil
		}
		if err != nil {
			return pageText{}, err
		}
		if lines = append(lines, l); len(lines) == mostLines {
			break
		}
	}
	return pageText{text: markdown(lines), how: byLines}, nil
}

// markdown rebuilds simple Markdown from plain lines.
func markdown(lines []coda.Line) string {
	var b strings.Builder
	numbers := map[int]int{} // the last number of each list level
	before := ""
	for _, l := range lines {
		if l.Style != "numberedList" {
			clear(numbers)
		}
		if l.Style == "code" && before != "code" || before == "code" && l.Style != "code" {
			b.WriteString("```\n")
		}
		if before != "" && !(isList(l.Style) && isList(before)) && l.Style != "code" {
			b.WriteString("\n")
		}
		b.WriteString(markdownLine(l, numbers))
		b.WriteString("\n")
		before = l.Style
	}
	if before == "code" {
		b.WriteString("```\n")
	}
	return b.String()
}

func isList(style string) bool { return strings.HasSuffix(style, "List") }

func markdownLine(l coda.Line, numbers map[int]int) string {
	indent := strings.Repeat("  ", min(max(l.Level, 0), 12))
	switch l.Style {
	case "h1", "h2", "h3":
		return strings.Repeat("#", int(l.Style[1]-'0')) + " " + l.Text
	case "bulletedList", "collapsibleList":
		return indent + "- " + l.Text
	case "checkboxList":
		return indent + "- [ ] " + l.Text
	case "numberedList":
		for level := range numbers {
			if level > l.Level {
				delete(numbers, level)
			}
		}
		numbers[l.Level]++
		return fmt.Sprintf("%s%d. %s", indent, numbers[l.Level], l.Text)
	case "blockQuote", "pullQuote":
		return "> " + l.Text
	}
	return l.Text
}

// part cuts a piece of at most size characters out of text, from the given
// character on and at the end of a line where one is near. next is where the
// rest begins, or 0 at the end.
func part(text string, from, size int) (piece string, next int) {
	runes := []rune(text)
	from = min(max(from, 0), len(runes))
	end, used, lineEnd := from, 0, 0
	for end < len(runes) {
		if used += jsonSize(string(runes[end])); used > size {
			break
		}
		if end++; runes[end-1] == '\n' && used > size*3/4 {
			lineEnd = end
		}
	}
	if end == len(runes) {
		return string(runes[from:]), 0
	}
	if lineEnd > 0 {
		end = lineEnd
	}
	return string(runes[from:end]), end
}

// A page's cursor is the place in its text, after the page it belongs to.
func pageCursor(page string, at int) string { return page + "@" + strconv.Itoa(at) }

func readPageCursor(cursor, page string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	of, at, ok := strings.Cut(cursor, "@")
	n, err := strconv.Atoi(at)
	if !ok || err != nil || n < 0 || of != page {
		return 0, say("The cursor does not belong to this page. Call again without cursor, from the start.")
	}
	return n, nil
}
