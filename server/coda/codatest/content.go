package codatest

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// styleObject marks what stands on a page but not in its plain lines: a table
// written into the page, a table of the doc, an image.
const styleObject = "object"

// element is one line of a page, or one object.
type element struct {
	id, style string
	level     int    // nesting of lists
	text      string // Markdown of the line without its mark
	mark      string // checkbox: "x" or " "; code: the language; number of a list
	table     string // object: the name of a table of the doc
}

// parseMarkdown reads Markdown the way the service does on import: headings
// below the third become paragraphs and rules vanish.
func parseMarkdown(text, prefix string) []element {
	var out []element
	fence, inCode, nested := "", false, nesting{}
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") {
			fence, inCode = strings.TrimPrefix(trimmed, "```"), !inCode
			continue
		}
		e := element{style: "code", text: line, mark: fence}
		if !inCode {
			if trimmed == "" || trimmed == "---" {
				continue
			}
			e = parseLine(line)
		}
		if last := len(out) - 1; isTableLine(e) && last >= 0 && isTableLine(out[last]) {
			out[last].text += "\n" + e.text
			continue
		}
		e.level = nested.level(e)
		e.id = prefix + "-" + strconv.Itoa(len(out))
		out = append(out, e)
	}
	return out
}

// nesting is how far the list items above a line are indented; an item is one
// level below the last that is indented less.
type nesting []int

func (n *nesting) level(e element) int {
	if !strings.HasSuffix(e.style, "List") {
		*n = nil
		return 0
	}
	for len(*n) > 0 && (*n)[len(*n)-1] >= e.level {
		*n = (*n)[:len(*n)-1]
	}
	*n = append(*n, e.level)
	return len(*n) - 1
}

func isTableLine(e element) bool { return e.style == styleObject && strings.HasPrefix(e.text, "|") }

var (
	listLine   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\s*)[-*+] (.*)$`) })
	numberLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\s*)(\d+)[.)] (.*)$`) })
	boxText    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\[([ xX])\] (.*)$`) })
	headLine   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(#{1,6}) (.*)$`) })
)

func parseLine(line string) element {
	trimmed := strings.TrimSpace(line)
	if m := headLine().FindStringSubmatch(trimmed); m != nil {
		if len(m[1]) > 3 {
			return element{style: "paragraph", text: m[2]}
		}
		return element{style: "h" + strconv.Itoa(len(m[1])), text: m[2]}
	}
	if m := listLine().FindStringSubmatch(line); m != nil {
		level := len(m[1]) // the indent, until its list is known
		if box := boxText().FindStringSubmatch(m[2]); box != nil {
			return element{style: "checkboxList", level: level, text: box[2], mark: strings.ToLower(box[1])}
		}
		return element{style: "bulletedList", level: level, text: m[2]}
	}
	if m := numberLine().FindStringSubmatch(line); m != nil {
		return element{style: "numberedList", level: len(m[1]), text: m[3], mark: m[2]}
	}
	switch {
	case strings.HasPrefix(trimmed, ">"):
		return element{style: "blockQuote", text: strings.TrimSpace(strings.TrimLeft(trimmed, "> "))}
	case strings.HasPrefix(trimmed, "|"), strings.HasPrefix(trimmed, "!["):
		return element{style: styleObject, text: trimmed}
	case strings.HasPrefix(trimmed, "{{") && strings.HasSuffix(trimmed, "}}"):
		return element{style: styleObject, table: strings.Trim(trimmed, "{}")}
	}
	return element{style: "paragraph", text: trimmed}
}

var (
	linkText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`) })
	emphasis = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(\\*\\*|__|`|~~)") })
)

// plain takes the inline marks out of a line.
func plain(text string) string {
	text = linkText().ReplaceAllString(text, "$1")
	text = emphasis().ReplaceAllString(text, "")
	return strings.ReplaceAll(text, "*", "")
}

// markdown writes a page as an export does.
func (d *Doc) markdown(p *Page) string {
	var b strings.Builder
	b.WriteString("# " + p.Name + "\n")
	previous := element{}
	for i, e := range p.elements {
		if i == 0 || !sameGroup(previous, e) {
			closeFence(&b, previous)
			b.WriteByte('\n')
			if e.style == "code" {
				b.WriteString("```" + e.mark + "\n")
			}
		}
		b.WriteString(d.markdownLine(e))
		b.WriteByte('\n')
		previous = e
	}
	closeFence(&b, previous)
	return b.String()
}

func closeFence(b *strings.Builder, previous element) {
	if previous.style == "code" {
		b.WriteString("```\n")
	}
}

// sameGroup says that two lines follow one another without a blank line.
func sameGroup(a, b element) bool {
	list := strings.HasSuffix(a.style, "List") && strings.HasSuffix(b.style, "List")
	return list || (a.style == b.style && (a.style == "code" || a.style == "blockQuote"))
}

func (d *Doc) markdownLine(e element) string {
	indent := strings.Repeat("    ", e.level)
	switch e.style {
	case "h1", "h2", "h3":
		return strings.Repeat("#", int(e.style[1]-'0')) + " " + e.text
	case "bulletedList":
		return indent + "* " + e.text
	case "numberedList":
		return indent + e.mark + ". " + e.text
	case "checkboxList":
		return indent + "- [" + e.mark + "] " + e.text
	case "blockQuote":
		return "> " + e.text
	case styleObject:
		if t := d.table(e.table); t != nil {
			return d.markdownTable(t)
		}
		return strings.TrimPrefix(e.text, "!") // an image comes out as a link
	}
	return e.text
}

func (d *Doc) markdownTable(t *Table) string {
	var b strings.Builder
	for _, c := range t.Columns {
		b.WriteString("| " + cellText(c.Name) + " ")
	}
	b.WriteString("|\n" + strings.Repeat("| --- ", len(t.Columns)) + "|")
	for _, r := range t.rows() {
		b.WriteByte('\n')
		for i, c := range t.Columns {
			b.WriteString("| " + cellText(d.text(valueAt(r, i), c)) + " ")
		}
		b.WriteByte('|')
	}
	return b.String()
}

func cellText(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\n", "<br>"), "|", `\|`)
}

// html writes a page as an export does.
func (d *Doc) html(p *Page) string {
	var b strings.Builder
	b.WriteString("<html><body><h1>" + html.EscapeString(p.Name) + "</h1>\n")
	for _, e := range p.elements {
		b.WriteString(d.htmlLine(e) + "\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

func (d *Doc) htmlLine(e element) string {
	text := html.EscapeString(plain(e.text))
	switch e.style {
	case "h1", "h2", "h3":
		return "<" + e.style + ">" + text + "</" + e.style + ">"
	case "bulletedList", "checkboxList":
		return "<ul><li>" + text + "</li></ul>"
	case "numberedList":
		return "<ol><li>" + text + "</li></ol>"
	case "blockQuote":
		return "<blockquote>" + text + "</blockquote>"
	case "code":
		return "<pre>" + html.EscapeString(e.text) + "</pre>"
	case styleObject:
		if t := d.table(e.table); t != nil {
			return d.htmlTable(t)
		}
	}
	return "<p>" + text + "</p>"
}

func (d *Doc) htmlTable(t *Table) string {
	var b strings.Builder
	b.WriteString("<table><tr>")
	for _, c := range t.Columns {
		b.WriteString("<th>" + html.EscapeString(c.Name) + "</th>")
	}
	for _, r := range t.rows() {
		b.WriteString("</tr><tr>")
		for i, c := range t.Columns {
			b.WriteString("<td>" + html.EscapeString(d.text(valueAt(r, i), c)) + "</td>")
		}
	}
	b.WriteString("</tr></table>")
	return b.String()
}

// htmlMarks turn the tags that the service keeps into Markdown.
var htmlMarks = strings.NewReplacer(
	"<h1>", "\n# ", "<h2>", "\n## ", "<h3>", "\n### ", "<li>", "\n- ", "<p>", "\n", "<br>", "\n", "<br/>", "\n",
	"<blockquote>", "\n> ", "<b>", "**", "</b>", "**", "<strong>", "**", "</strong>", "**",
	"<tr>", "\n| ", "</td>", " | ", "</th>", " | ", "</h1>", "\n", "</h2>", "\n", "</h3>", "\n", "</p>", "\n", "</table>", "\n",
)

var anyTag = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<[^>]*>`) })

// fromHTML reads just as much HTML as a content write usually holds.
func fromHTML(text string) string {
	text = strings.NewReplacer("\n", " ", "\t", " ").Replace(text)
	return html.UnescapeString(anyTag().ReplaceAllString(htmlMarks.Replace(text), ""))
}
