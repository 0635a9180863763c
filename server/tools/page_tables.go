package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

const (
	// inlineRows is how many rows of a table a page shows.
	inlineRows = 5
	// inlineCell is how many characters of a cell it shows.
	inlineCell = 200
	// mostInline is how many tables of a page are told apart.
	mostInline = 12
)

// tableRule is the line below the header of a Markdown table.
var tableRule = words.Pattern(`^\s*\|(\s*:?-+:?\s*\|)+\s*$`)

// pageTable is a table of the document that stands on a page.
type pageTable struct {
	coda.Table
	columns []coda.Column
}

// shortTables leaves of each table of the document that was exported with a
// page the first rows, and says how to get the others: a page about a table of
// thousands is hardly read for its rows. Buttons go, and dates are written as
// everywhere. Tables that are only text stay as they are.
func (t *Tools) shortTables(ctx context.Context, p find.Place, text string) string {
	lines := strings.Split(text, "\n")
	if !slices.ContainsFunc(lines, tableRule().MatchString) {
		return text
	}
	tables := t.tablesOfPage(ctx, p)
	if len(tables) == 0 {
		return text
	}
	var out []string
	inCode := false
	for i := 0; i < len(lines); i++ {
		if strings.HasPrefix(strings.TrimSpace(lines[i]), "```") {
			inCode = !inCode
		}
		if inCode || i+1 >= len(lines) || !tableRule().MatchString(lines[i+1]) {
			out = append(out, lines[i])
			continue
		}
		end := i + 2
		for end < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[end]), "|") {
			end++
		}
		short := lines[i:end]
		if at := tableWithHeader(tables, cellsOfLine(lines[i])); at >= 0 {
			short = tables[at].shorten(lines[i:end])
			tables = slices.Delete(tables, at, at+1)
		}
		out = append(out, short...)
		i = end - 1
	}
	return strings.Join(out, "\n")
}

// tablesOfPage are the tables that stand on a page, with their columns; none
// where Coda does not say, since the text is of use without.
func (t *Tools) tablesOfPage(ctx context.Context, p find.Place) []pageTable {
	all, err := t.find.TablesOf(ctx, p.Doc.ID, find.NameAge)
	if err != nil {
		return nil
	}
	var on []pageTable
	for _, g := range all {
		if g.Parent != nil && g.Parent.ID == p.Page && len(on) < mostInline {
			on = append(on, pageTable{Table: g})
		}
	}
	err = words.EachOf(ctx, len(on), func(ctx context.Context, i int) (err error) {
		on[i].columns, err = t.find.ColumnsOf(ctx, p.Doc.ID, on[i].ID, find.NameAge)
		return err
	})
	if err != nil {
		return nil
	}
	return on
}

// tableWithHeader finds the table that has all columns of a header.
func tableWithHeader(tables []pageTable, header []string) int {
	return slices.IndexFunc(tables, func(g pageTable) bool {
		return len(header) > 0 && !slices.ContainsFunc(header, func(name string) bool { return g.column(name) == nil })
	})
}

func (g pageTable) column(name string) *coda.Column {
	for i := range g.columns {
		if words.Looks(words.OneLine(g.columns[i].Name)) == words.Looks(strings.ReplaceAll(name, `\|`, "|")) {
			return &g.columns[i]
		}
	}
	return nil
}

// shorten takes the lines of a Markdown table: header, rule and rows.
func (g pageTable) shorten(lines []string) []string {
	header := cellsOfLine(lines[0])
	var shown []int
	for i, name := range header {
		if !isButton(*g.column(name)) {
			shown = append(shown, i)
		}
	}
	clipped := false
	row := func(cells []string) string {
		var out []string
		for _, i := range shown {
			text := ""
			if i < len(cells) {
				text = words.PlainText(cells[i], g.column(header[i]).Format.Type)
			}
			short := words.Clip(text, inlineCell)
			clipped = clipped || short != text
			out = append(out, short)
		}
		return "| " + strings.Join(out, " | ") + " |"
	}
	out := []string{row(header), "|" + strings.Repeat(" --- |", len(shown))}
	rows := lines[2:]
	for _, line := range rows[:min(len(rows), inlineRows)] {
		out = append(out, row(cellsOfLine(line)))
	}
	if left := g.leftOut(len(rows)-inlineRows, clipped); left != "" {
		out = append(out, "", fmt.Sprintf("(%s: coda_list_rows or coda_query_rows, table %s)", left, g.ID))
	}
	return out
}

// leftOut says what of a table is not on the page; empty where nothing is.
func (g pageTable) leftOut(rows int, clipped bool) string {
	said := ""
	if rows > 0 {
		said = words.Count(rows, "more row") + " of the table " + words.Quote(g.Name)
	}
	switch {
	case clipped && said == "":
		return "Long cells of the table " + words.Quote(g.Name) + " are clipped"
	case clipped:
		said += ", and long cells clipped"
	}
	return said
}

// cellsOfLine are the cells of a line of a Markdown table; a bar that is part
// of a text stands behind a backslash.
func cellsOfLine(line string) []string {
	line = strings.TrimSpace(line)
	line = strings.TrimPrefix(line, "|")
	var out []string
	var cell strings.Builder
	escaped := false
	for _, r := range line {
		if r == '|' && !escaped {
			out = append(out, strings.TrimSpace(cell.String()))
			cell.Reset()
			continue
		}
		escaped = r == '\\' && !escaped
		cell.WriteRune(r)
	}
	if rest := strings.TrimSpace(cell.String()); rest != "" {
		out = append(out, rest)
	}
	return out
}
