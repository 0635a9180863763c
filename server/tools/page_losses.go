package tools

import (
	"cmp"
	"regexp"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// loss is a thing that Coda does not keep when text goes onto a page.
type loss struct {
	form func() *regexp.Regexp
	says string
}

// losses are what was seen to be lost, by the format of the text.
var losses = map[string][]loss{
	"markdown": {
		{words.Pattern(`!\[[^\]\n]*\]\(`), "a picture becomes a plain link"},
		{tableInText, "the header of a Markdown table becomes an ordinary row (format html with a <table> keeps it)"},
		{words.Pattern(`(?m)^ {0,3}#{4,6}[ \t]`), "headings below level 3 become plain text"},
		{ruleInText, "rules vanish"},
	},
	"html": {
		{words.Pattern(`(?i)<img\b`), "pictures are dropped"},
		{words.Pattern(`(?i)<input\b`), "task boxes are dropped"},
	},
}

// What stands in Markdown on lines of its own: the rule below the header of a
// table, and one across the page.
var (
	tableInText = words.Pattern(`(?m)^[ >]*\|?[ ]*:?-+:?[ ]*(\|[ ]*:?-+:?[ ]*)+\|?[ ]*$|^[ >]*\|[ ]*:?-+:?[ ]*\|[ ]*$`)
	ruleInText  = words.Pattern(`(?m)^ {0,3}(-[ ]*-[ ]*-[- ]*|\*[ ]*\*[ ]*\*[* ]*|_[ ]*_[ ]*_[_ ]*)$`)
)

// hasTable tells that a text makes a table on a page.
func hasTable(format, content string) bool {
	if format == coda.HTML {
		return strings.Contains(strings.ToLower(content), "<table")
	}
	return tableInText().MatchString(codeInText().ReplaceAllString(content, ""))
}

// codeInText is what stands in Markdown as it is.
var codeInText = words.Pattern("(?ms)^[ \\t]*```.*?^[ \\t]*```[ \\t]*$|`[^`\\n]*`")

// lossNote warns of what a page will not show as it was written, so that a
// model does not tell its user otherwise. It is empty when nothing is lost.
func lossNote(format, content string) string {
	format = cmp.Or(format, "markdown")
	if format == "markdown" {
		content = codeInText().ReplaceAllString(content, "")
	}
	var says []string
	for _, l := range losses[format] {
		if l.form().MatchString(content) {
			says = append(says, l.says)
		}
	}
	if len(says) == 0 {
		return ""
	}
	return "Coda does not keep all of this text: " + strings.Join(says, "; ") + "."
}
