package tools

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
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
func (t *Tools) readPage(ctx context.Context, p find.Place, reuse bool) (pageText, error) {
	age := time.Duration(0)
	if reuse {
		age = textAge
	}
	return t.texts.Get(ctx, p.Doc.ID+"/"+p.Page, age, func(ctx context.Context) (pageText, error) {
		if _, at, refused := t.noExport.Peek(p.Doc.ID); refused && t.o.Now().Sub(at) < noExportAge {
			return t.readLines(ctx, p)
		}
		patient, cancel := context.WithTimeout(ctx, exportPatience)
		defer cancel()
		text, err := t.o.Coda.ExportPage(patient, p.Doc.ID, p.Page, coda.Markdown)
		switch {
		case err == nil:
			return pageText{text: t.shortTables(ctx, p, text), how: byExport}, nil
		case coda.IsKind(err, coda.KindForbidden):
			t.noExport.Put(p.Doc.ID, true)
			return t.readLines(ctx, p)
		case coda.IsKind(err, coda.KindBadRequest, coda.KindExportFailed), errors.Is(err, coda.ErrBusy),
			patient.Err() != nil && ctx.Err() == nil:
			return t.readLines(ctx, p)
		}
		return pageText{}, err
	})
}

func (t *Tools) readLines(ctx context.Context, p find.Place) (pageText, error) {
	var lines []coda.Line
	next := func(token string) (coda.Page[coda.Line], error) {
		return t.o.Coda.PageContent(ctx, p.Doc.ID, p.Page, coda.ListOptions{Limit: 500, PageToken: token})
	}
	for l, err := range coda.Each(next) {
		if coda.IsKind(err, coda.KindBadRequest) {
			return pageText{how: byLines, refusal: err}, nil
		}
		if err != nil {
			return pageText{}, err
		}
		lines = append(lines, l)
		if len(lines) == mostLines {
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
		endLists(numbers, l)
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

// endLists forgets the numbers of the lists that a line ends: what stands
// deeper belongs to the item above it, so that a numbered list goes on behind
// its own sub-items.
func endLists(numbers map[int]int, l coda.Line) {
	for level := range numbers {
		if !isList(l.Style) || level > l.Level || level == l.Level && l.Style != "numberedList" {
			delete(numbers, level)
		}
	}
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
		numbers[l.Level]++
		return fmt.Sprintf("%s%d. %s", indent, numbers[l.Level], l.Text)
	case "blockQuote", "pullQuote":
		return "> " + l.Text
	}
	return l.Text
}

// A page's cursor is the place in its text, after the page it belongs to.
func pageCursor(page string, at int) string { return partCursor(page, at) }

func readPageCursor(cursor, page string) (int, error) { return readPartCursor(cursor, page, "page") }

// partCursor is the place in a long text, after what the text belongs to.
func partCursor(of string, at int) string { return of + "@" + strconv.Itoa(at) }

func readPartCursor(cursor, of, what string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	i := strings.LastIndex(cursor, "@")
	n, err := strconv.Atoi(cursor[i+1:])
	if i < 0 || err != nil || n < 0 || cursor[:i] != of {
		return 0, words.Say("The cursor does not belong to this %s. Call again without cursor, from the start.", what)
	}
	return n, nil
}
