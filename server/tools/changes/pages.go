package changes

import (
	"context"
	"errors"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

func saysUpdatePage(w *Write, before Image) string {
	u, hasText := contentOf(w.Args)
	facts := saysFacts("page")(w, before)
	if !hasText {
		return facts
	}
	said := map[string]string{coda.Append: "Added text to", coda.Prepend: "Added text at the top of"}[u.InsertionMode]
	switch {
	case u.wholePage():
		said = "Rewrote"
	case u.InsertionMode == coda.Replace:
		said = "Replaced a line of"
	case u.hasTable():
		said = "Put a table on"
	}
	said += " the page " + called(w)
	if len(factsIn(w)) > 0 {
		said += ", and " + strings.ToLower(facts[:1]) + strings.TrimSuffix(facts[1:], ".")
	}
	return said + "."
}

func saysDeleteContent(w *Write, before Image) string {
	ids := field[[]string](w.Args, "elementIds")
	if len(ids) == 0 {
		return "Deleted all that stood on the page " + called(w) + "."
	}
	if i := slices.IndexFunc(before.Lines, func(l coda.Line) bool { return l.ID == ids[0] }); i >= 0 && len(ids) == 1 {
		return "Deleted the line " + words.Quote(fault.Clip(before.Lines[i].Text, 80)) + " of the page " + called(w) + "."
	}
	return "Deleted " + words.Count(len(ids), "line") + " of the page " + called(w) + "."
}

// beforeUpdatePage keeps the facts that change, and of a text the lines; where
// lines give way, or a table comes, the whole export too.
func beforeUpdatePage(ctx context.Context, j *Journal, w *Write) (out Image, err error) {
	u, hasText := contentOf(w.Args)
	if len(factsIn(w)) > 0 || !hasText {
		out, err = beforeFacts(ctx, j, w)
		if err != nil || !hasText {
			return out, err
		}
	}
	return out, j.readText(ctx, w, &out, u.InsertionMode == coda.Replace || u.hasTable())
}

func beforeDeleteContent(ctx context.Context, j *Journal, w *Write) (out Image, err error) {
	return out, j.readText(ctx, w, &out, true)
}

func beforeDeletePage(ctx context.Context, j *Journal, w *Write) (Image, error) {
	out, err := beforeFacts(ctx, j, w)
	if err == nil {
		err = j.readText(ctx, w, &out, false)
	}
	if coda.IsKind(err, coda.KindBadRequest) { // it is no canvas and has no text
		err = nil
	}
	return out, err
}

// readText reads the lines of a page, and with export its Markdown and the
// tables on it. An export that is refused is done without.
func (j *Journal) readText(ctx context.Context, w *Write, out *Image, export bool) error {
	doc, page := text(w.Args, "docId"), text(w.Args, "pageIdOrName")
	var err error
	out.Lines, err = j.allLines(ctx, doc, page)
	if err != nil || !export {
		return err
	}
	out.Text, err = j.o.Coda.ExportPage(ctx, doc, page, coda.Markdown)
	if coda.IsKind(err, coda.KindForbidden, coda.KindBadRequest, coda.KindExportFailed) || errors.Is(err, coda.ErrBusy) {
		err = nil
	}
	if u, ok := contentOf(w.Args); err == nil && ok && (u.wholePage() || u.hasTable()) {
		out.Tables, err = j.tablesOn(ctx, doc, page)
	}
	return err
}

// tablesOn names the tables of a page.
func (j *Journal) tablesOn(ctx context.Context, doc, page string) (names []string, err error) {
	next := func(token string) (coda.Page[coda.Table], error) {
		return j.o.Coda.ListTables(ctx, doc, coda.ListOptions{Limit: 100, PageToken: token})
	}
	for t, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		if t.Parent != nil && t.Parent.ID == page {
			names = append(names, t.Name)
		}
	}
	return names, nil
}

func planUpdatePage(ctx context.Context, j *Journal, c *change, all bool) (*plan, error) {
	u, hasText := contentOf(c.args)
	p := &plan{}
	if len(factsIn(&Write{Operation: c.Operation, Args: c.args})) > 0 {
		facts, err := planFacts(ctx, j, c, all)
		if err != nil || !hasText {
			return facts, err
		}
		p = facts
	}
	if c.before.Missing != "" || !hasText {
		return nil, noImage(c)
	}
	now, err := j.allLines(ctx, c.Doc, c.arg("pageIdOrName"))
	if err != nil {
		return nil, err
	}
	switch {
	case u.wholePage() || u.hasTable():
		return p, p.rewrite(ctx, j, c, u, now, all)
	case u.InsertionMode == coda.Replace:
		return p, p.replaceLine(c, u, now, all)
	}
	p.removeLines(c, u.lines(), now, all)
	return p, nil
}

// pageWrite is a write to the page of a change.
func pageWrite(c *change, mode, element, content string) Write {
	args := c.in("docId", "pageIdOrName")
	args["contentUpdate"] = coda.ContentUpdate{InsertionMode: mode, ElementID: element, Format: coda.Markdown, Content: content}
	return Write{Operation: "updatePage", Args: args}
}

// rewrite plans to write the whole page as it was. What that loses is asked.
func (p *plan) rewrite(ctx context.Context, j *Journal, c *change, u contentUpdate, now []coda.Line, all bool) error {
	if c.before.Text == "" && len(c.before.Lines) > 0 {
		return fault.New(CodeCannot, "The page could not be exported when this was done, so it cannot be written as it was.")
	}
	page, err := j.o.Coda.GetPage(ctx, c.Doc, c.arg("pageIdOrName"))
	if err != nil {
		return err
	}
	tables, err := j.tablesOn(ctx, c.Doc, page.ID)
	if err != nil {
		return err
	}
	var written, is []string
	for _, l := range now {
		if b := bare(l.Text); b != "" {
			is = append(is, b)
		}
	}
	if !u.wholePage() {
		for _, l := range c.before.Lines {
			if b := bare(l.Text); b != "" {
				written = append(written, b)
			}
		}
		if u.InsertionMode == coda.Prepend {
			written = append(u.lines(), written...)
		} else {
			written = append(written, u.lines()...)
		}
	} else {
		written = u.lines()
	}
	before := withoutTitle(c.before.Text, page.Name)
	part := Part{Name: "page " + words.Quote(page.Name), Before: before, After: u.CanvasContent.Content, Now: lineTexts(now)}
	part.Changed = !sameLines(is, written, u.wholePage())
	p.parts = append(p.parts, part)
	lost := slices.Concat(c.before.Tables, tables)
	slices.Sort(lost)
	ask := "The whole page is written as it was, from its text: controls, pictures and comments on it, and their places, may be lost."
	lost = slices.Compact(lost)
	if len(lost) > 0 {
		ask += " Of tables on it the text remains at best: " + words.List(lost[:min(len(lost), 10)], len(lost)) + "."
	}
	p.asks = append(p.asks, ask)
	if part.Changed && !all {
		return nil
	}
	p.steps = append(p.steps, step{what: "the text of the page", write: pageWrite(c, coda.Replace, "", before), relines: c.before.Lines})
	return nil
}

// sameLines tells that a page still holds what was written: in this order where
// the whole page was, else each of the lines.
func sameLines(is, written []string, whole bool) bool {
	if whole {
		return slices.Equal(is, written)
	}
	slices.Sort(is)
	slices.Sort(written)
	return slices.Equal(is, written)
}

func lineTexts(lines []coda.Line) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Text
	}
	return strings.Join(texts, "\n")
}
