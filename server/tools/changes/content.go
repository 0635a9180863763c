package changes

import (
	"html"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// contentUpdate is the part of a write to a page that changes its text.
type contentUpdate struct {
	InsertionMode string `json:"insertionMode"`
	ElementID     string `json:"elementId"`
	CanvasContent struct {
		Format  string `json:"format"`
		Content string `json:"content"`
	} `json:"canvasContent"`
}

// contentOf is the text that a write puts onto a page; there is none where it
// changes facts alone.
func contentOf(args map[string]any) (u contentUpdate, ok bool) {
	if args["contentUpdate"] == nil {
		return u, false
	}
	return field[contentUpdate](args, "contentUpdate"), true
}

// wholePage tells that a write rewrites a page.
func (u contentUpdate) wholePage() bool { return u.InsertionMode == coda.Replace && u.ElementID == "" }

var (
	tableMark = words.Pattern(`(?m)^[ >]*\|?[ ]*:?-+:?[ ]*(\|[ ]*:?-+:?[ ]*)+\|?[ ]*$`)
	tableTag  = words.Pattern(`(?i)<table\b`)
)

// hasTable tells that a table comes of the text, which is no line of the page
// and cannot be deleted by itself.
func (u contentUpdate) hasTable() bool {
	if u.CanvasContent.Format == coda.HTML {
		return tableTag().MatchString(u.CanvasContent.Content)
	}
	return tableMark().MatchString(u.CanvasContent.Content)
}

var (
	lineMark  = words.Pattern(`^\s*(#{1,6}\s+|[-*+]\s+(\[[ xX]\]\s+)?|\d+[.)]\s+|>\s?)+`)
	inline    = words.Pattern(`!?\[([^\]]*)\]\([^)]*\)`)
	marks     = strings.NewReplacer("*", "", "_", "", "~", "", "`", "", "\\", "")
	blockTags = words.Pattern(`(?i)</?(p|h[1-6]|li|ul|ol|br|blockquote|div|pre|table|tr)\b[^>]*>`)
	anyTag    = words.Pattern(`<[^>]*>`)
)

// bare is a line as two texts are compared: without marks and double spaces.
func bare(line string) string {
	line = inline().ReplaceAllString(lineMark().ReplaceAllString(line, ""), "$1")
	return strings.Join(strings.Fields(marks.Replace(line)), " ")
}

// lines are the texts of the lines that come of the text, as a page shows them.
func (u contentUpdate) lines() []string {
	content := strings.ReplaceAll(u.CanvasContent.Content, "\r\n", "\n")
	if u.CanvasContent.Format == coda.HTML {
		content = tableBody().ReplaceAllString(content, "\n")
		content = html.UnescapeString(anyTag().ReplaceAllString(blockTags().ReplaceAllString(content, "\n"), ""))
	}
	var out []string
	for line := range strings.SplitSeq(content, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "|") || trimmed == "---" {
			continue
		}
		if b := bare(line); b != "" {
			out = append(out, b)
		}
	}
	return out
}

var tableBody = words.Pattern(`(?is)<table\b.*?</table>`)

// markdownOf finds the line of an export that a line of the page shows, so that
// it comes back with its links and emphasis; else it is made of its style.
func markdownOf(l coda.Line, export string) string {
	want := bare(l.Text)
	var found []string
	for line := range strings.SplitSeq(export, "\n") {
		line = strings.TrimSpace(line)
		if want != "" && bare(line) == want && styleOf(line) == styleClass(l.Style) {
			found = append(found, line)
		}
	}
	if len(found) > 0 && !slices.ContainsFunc(found, func(f string) bool { return f != found[0] }) {
		return strings.Repeat("    ", max(l.Level, 0)) + found[0]
	}
	indent := strings.Repeat("    ", max(l.Level, 0))
	switch l.Style {
	case "h1", "h2", "h3":
		return strings.Repeat("#", int(l.Style[1]-'0')) + " " + l.Text
	case "bulletedList", "collapsibleList":
		return indent + "* " + l.Text
	case "checkboxList":
		return indent + "* [ ] " + l.Text
	case "numberedList":
		return indent + "1. " + l.Text
	case "blockQuote", "pullQuote":
		return "> " + l.Text
	case "code":
		return "```\n" + l.Text + "\n```"
	}
	return l.Text
}

// styleOf is the class of a line of Markdown: head, list, quote or text.
func styleOf(line string) string {
	switch {
	case strings.HasPrefix(line, "#"):
		return "head"
	case strings.HasPrefix(line, ">"):
		return "quote"
	case lineMark().MatchString(line):
		return "list"
	}
	return "text"
}

func styleClass(style string) string {
	switch {
	case len(style) == 2 && style[0] == 'h':
		return "head"
	case strings.HasSuffix(style, "Quote"):
		return "quote"
	case strings.HasSuffix(style, "List"):
		return "list"
	}
	return "text"
}

// blocks makes one Markdown text of lines.
func blocks(lines []coda.Line, export string) string {
	var b strings.Builder
	for i, l := range lines {
		switch {
		case i == 0:
		case styleClass(l.Style) == "list" && styleClass(lines[i-1].Style) == "list":
			b.WriteString("\n")
		default:
			b.WriteString("\n\n")
		}
		b.WriteString(markdownOf(l, export))
	}
	return b.String()
}

// withoutTitle is an export without the page's name above it.
func withoutTitle(export, name string) string {
	first, rest, _ := strings.Cut(export, "\n")
	if strings.TrimSpace(strings.TrimPrefix(first, "#")) == strings.TrimSpace(name) && strings.HasPrefix(first, "# ") {
		return strings.TrimLeft(rest, "\n")
	}
	return export
}
