package index

import (
	"strings"

	"codabridge/server/coda"
	"codabridge/server/store"
)

// textBuilder makes the stored text of a page out of its lines: headings keep
// a mark, everything else is plain.
type textBuilder struct {
	body, head, rest strings.Builder
}

func (t *textBuilder) add(l coda.Line) {
	text := strings.TrimSpace(l.Text)
	if text == "" {
		return
	}
	switch l.Style {
	case "h1", "h2", "h3":
		t.body.WriteString("# " + strings.ReplaceAll(text, "\n", " ") + "\n")
		t.head.WriteString(text + "\n")
		return
	}
	for line := range strings.Lines(text) {
		if isHeading(line) {
			t.body.WriteByte(' ') // a line of text, whatever it looks like
		}
		t.body.WriteString(strings.TrimRight(line, "\r\n") + "\n")
	}
	t.rest.WriteString(text + "\n")
}

func (t *textBuilder) text(title, version string) store.IndexText {
	return store.IndexText{Body: t.body.String(), TitleWords: words(title), HeadWords: words(t.head.String()), BodyWords: words(t.rest.String()), Version: version}
}
