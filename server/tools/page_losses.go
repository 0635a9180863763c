package tools

import (
	"cmp"
	"regexp"
	"strings"
	"sync"
)

// loss is a thing that Coda does not keep when text goes onto a page.
type loss struct {
	form *regexp.Regexp
	says string
}

// losses are what was seen to be lost, by the format of the text.
var losses = sync.OnceValue(func() map[string][]loss {
	return map[string][]loss{
		"markdown": {
			{regexp.MustCompile(`!\[[^\]\n]*\]\(`), "a picture becomes a plain link"},
			{regexp.MustCompile(`(?m)^[ >]*\|?[ ]*:?-+:?[ ]*(\|[ ]*:?-+:?[ ]*)+\|?[ ]*$|^[ >]*\|[ ]*:?-+:?[ ]*\|[ ]*$`),
				"the header of a Markdown table becomes an ordinary row (format html with a <table> keeps it)"},
			{regexp.MustCompile(`(?m)^ {0,3}#{4,6}[ \t]`), "headings below level 3 become plain text"},
			{regexp.MustCompile(`(?m)^ {0,3}(-[ ]*-[ ]*-[- ]*|\*[ ]*\*[ ]*\*[* ]*|_[ ]*_[ ]*_[_ ]*)$`), "rules vanish"},
		},
		"html": {
			{regexp.MustCompile(`(?i)<img\b`), "pictures are dropped"},
			{regexp.MustCompile(`(?i)<input\b`), "task boxes are dropped"},
		},
	}
})

// codeInText is what stands in Markdown as it is.
var codeInText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?ms)^[ \\t]*```.*?^[ \\t]*```[ \\t]*$|`[^`\\n]*`") })

// lossNote warns of what a page will not show as it was written, so that a
// model does not tell its user otherwise. It is empty when nothing is lost.
func lossNote(format, content string) string {
	format = cmp.Or(format, "markdown")
	if format == "markdown" {
		content = codeInText().ReplaceAllString(content, "")
	}
	var says []string
	for _, l := range losses()[format] {
		if l.form.MatchString(content) {
			says = append(says, l.says)
		}
	}
	if len(says) == 0 {
		return ""
	}
	return "Coda does not keep all of this text: " + strings.Join(says, "; ") + "."
}
