package index

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// texts is the third stage.
func (p *pass) texts(ctx context.Context) error {
	return eachWaiting(ctx, p, p.db.WaitingPages, p.pageText)
}

func (p *pass) pageText(ctx context.Context, d store.DocState, g store.Work) error {
	var t textBuilder
	t.add(coda.Line{Text: g.Subtitle}) // it is no part of the content
	begun := 0
	for line, err := range coda.Each(func(token string) (coda.Page[coda.Line], error) {
		p.x.requests.Add(1)
		return p.x.o.Coda.PageContent(ctx, d.ID, g.Ref, coda.ListOptions{Limit: 500, PageToken: token})
	}) {
		if refusedDoc(err) || refused(err) && begun == 0 { // later a 400 is about the place, which a new try cures
			return p.db.RefuseThing(ctx, g.ID, nameOnly(g.Title), refusal(err), p.x.o.Now())
		}
		if err != nil {
			return err
		}
		t.add(line)
		begun++
	}
	if err := p.checkOwner(ctx); err != nil {
		return err
	}
	changed, err := p.db.PutText(ctx, g.ID, t.text(g.Title, cmp.Or(g.Version, fmt.Sprint(p.x.o.Now().UnixMilli()))))
	p.count(changed)
	return err
}

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

func (t *textBuilder) text(title, version string) store.Text {
	body := t.body.String()
	return store.Text{Body: body, TitleWords: words(title), HeadWords: words(t.head.String()), BodyWords: words(t.rest.String()),
		Also: also(title, body), Version: version}
}

// nameOnly is what is found of a page or table that cannot be read.
func nameOnly(title string) store.Text {
	return store.Text{TitleWords: words(title), Also: also(title)}
}
