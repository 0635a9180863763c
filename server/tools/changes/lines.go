package changes

import (
	"context"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// removeLines plans to delete the lines that were added: those that were not
// there before and hold what was written.
func (p *plan) removeLines(c *change, wrote []string, now []coda.Line, all bool) {
	were := map[string]bool{}
	for _, l := range c.before.Lines {
		were[c.now(l.ID)] = true
	}
	left := slices.Clone(wrote)
	var ids []string
	for _, l := range now {
		if were[l.ID] || strings.TrimSpace(l.Text) == "" {
			continue
		}
		at := slices.Index(left, bare(l.Text))
		if at >= 0 {
			left = slices.Delete(left, at, at+1)
		} else if len(left) == 0 {
			continue // all of ours are found, so this is another's
		}
		if judge(p, Part{Name: "line", After: "added", Now: l.Text}, false, at >= 0, all) {
			ids = append(ids, l.ID)
		}
	}
	for chunk := range slices.Chunk(ids, 100) {
		args := c.in("docId", "pageIdOrName")
		args["elementIds"] = chunk
		p.steps = append(p.steps, step{what: words.Count(len(chunk), "added line"), write: Write{Operation: "deletePageContent", Args: args}})
	}
}

// replaceLine plans to write one line as it was, and to delete those that came
// with it.
func (p *plan) replaceLine(c *change, u contentUpdate, now []coda.Line, all bool) error {
	at := slices.IndexFunc(c.before.Lines, func(l coda.Line) bool { return l.ID == u.ElementID })
	if at < 0 {
		return noImage(c)
	}
	was, wrote, id := c.before.Lines[at], u.lines(), c.now(u.ElementID)
	is := slices.IndexFunc(now, func(l coda.Line) bool { return l.ID == id })
	if is < 0 {
		return fault.New(CodeCannot, "The line %s is not on the page any more, so it cannot be put back in its place.", words.Quote(fault.Clip(was.Text, 80)))
	}
	first := ""
	if len(wrote) > 0 {
		first = wrote[0]
	}
	part := Part{Name: "line", Before: was.Text, After: first, Now: now[is].Text}
	if judge(p, part, now[is].Text == was.Text && bare(was.Text) != first, bare(now[is].Text) == first, all) {
		p.steps = append(p.steps, step{what: "the line " + words.Quote(fault.Clip(was.Text, 60)),
			write: pageWrite(c, coda.Replace, id, markdownOf(was, c.before.Text))})
	}
	if len(wrote) > 1 {
		p.removeLines(c, wrote[1:], now, all)
	}
	return nil
}

// planDeleteContent plans to write deleted lines again, each group behind the
// line that stood before it.
func planDeleteContent(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	if len(c.before.Lines) == 0 {
		return nil, noImage(c)
	}
	now, err := j.allLines(ctx, c.Doc, c.arg("pageIdOrName"))
	if err != nil {
		return nil, err
	}
	there, p := map[string]bool{}, &plan{}
	for _, l := range now {
		there[l.ID] = true
	}
	gone := field[[]string](c.args, "elementIds")
	var group []coda.Line
	anchor := ""
	flush := func(next string) {
		if len(group) == 0 {
			return
		}
		mode, at := coda.Append, anchor
		if at == "" {
			mode, at = coda.Prepend, next
		}
		write := pageWrite(c, mode, at, blocks(group, c.before.Text))
		p.steps = append(p.steps, step{what: words.Count(len(group), "line"), write: write, relines: group})
		group = nil
	}
	for _, l := range c.before.Lines {
		id := c.now(l.ID)
		deleted := len(gone) == 0 || slices.Contains(gone, l.ID)
		switch {
		case deleted && there[id]:
			p.parts = append(p.parts, Part{Name: "line", Before: l.Text, Now: l.Text, Back: true})
			anchor = id
		case deleted:
			p.parts = append(p.parts, Part{Name: "line", Before: l.Text, After: "deleted"})
			group = append(group, l)
		case there[id]:
			flush(id)
			anchor = id
		}
	}
	flush("")
	doubtful, err := j.unknownSteps(ctx, c)
	if err == nil && doubtful > 0 && len(p.steps) > 0 {
		p.asks = append(p.asks, "It was tried before, and it is not known whether the lines came back then. Look at the page first; a yes adds them again.")
	}
	return p, err
}
