package changes

import (
	"context"
	"slices"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/words"
)

// madeID is the id of what a write made.
func madeID(c *change) (string, error) {
	id, _ := c.answer["id"].(string)
	if id == "" {
		return "", fault.New(CodeCannot, "Coda's answer was lost, so it is not known which one was made. Delete it in Coda by hand.")
	}
	return c.now(id), nil
}

// gone is the plan for what is not there any more.
func gone(what string) *plan {
	return &plan{parts: []Part{{Name: what, Now: "gone", Back: true}}}
}

func planCreatePage(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	id, err := madeID(c)
	if err != nil {
		return nil, err
	}
	page, err := j.o.Coda.GetPage(ctx, c.Doc, id)
	if coda.IsKind(err, coda.KindNotFound, coda.KindGone) {
		return gone("the page"), nil
	}
	if err != nil {
		return nil, err
	}
	p := &plan{parts: []Part{{Name: "page " + words.Quote(page.Name), After: "made", Now: "there"}}}
	var added []string
	for _, child := range page.Children {
		added = append(added, "the subpage "+words.Quote(child.Name))
	}
	if page.ContentType == "canvas" || page.ContentType == "" {
		lines, err := j.allLines(ctx, c.Doc, id)
		if err != nil {
			return nil, err
		}
		added = append(added, otherLines(c, lines)...)
		tables, err := j.tablesOn(ctx, c.Doc, id)
		if err != nil {
			return nil, err
		}
		if !pageText(c.args, "pageContent").hasTable() {
			for _, t := range tables {
				added = append(added, "the table "+words.Quote(t))
			}
		}
	}
	p.askOfOthers(added)
	p.steps = []step{{what: "the page", write: Write{Operation: "deletePage", Name: page.Name, Args: coda.Args{"docId": c.arg("docId"), "pageIdOrName": id}}}}
	return p, nil
}

// pageText is the text of a new page, in the form of an update.
func pageText(args map[string]any, name string) (u contentUpdate) {
	return field[contentUpdate](args, name)
}

// otherLines are the lines of a page that were not written when it was made.
func otherLines(c *change, lines []coda.Line) []string {
	left := pageText(c.args, "pageContent").lines()
	n := 0
	for _, l := range lines {
		b := bare(l.Text)
		if at := slices.Index(left, b); at >= 0 {
			left = slices.Delete(left, at, at+1)
		} else if b != "" {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{words.Count(n, "line")}
}

// askOfOthers asks before something goes to which others have added.
func (p *plan) askOfOthers(added []string) {
	if len(added) > 0 {
		p.asks = append(p.asks, "Since it was made, this was added to it: "+words.List(added[:min(len(added), 10)], len(added))+". It goes too.")
	}
}

// settling is how long Coda itself may go on changing something new.
const settling = 2 * time.Minute

func planCreateDoc(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	id, err := madeID(c)
	if err != nil {
		return nil, err
	}
	doc, err := j.o.Coda.GetDoc(ctx, id)
	if coda.IsKind(err, coda.KindNotFound, coda.KindGone) {
		return gone("the doc"), nil
	}
	if err != nil {
		return nil, err
	}
	p := &plan{parts: []Part{{Name: "doc " + words.Quote(doc.Name), After: "made", Now: "there"}}}
	var added []string
	if text(c.args, "sourceDoc") == "" && doc.DocSize != nil {
		if n := int(doc.DocSize.PageCount) - 1; n > 0 {
			added = append(added, words.Count(n, "page"))
		}
		if n := int(doc.DocSize.TableAndViewCount); n > 0 {
			added = append(added, words.Count(n, "table"))
		}
	}
	if n, err := j.changesIn(ctx, c, id); err != nil {
		return nil, err
	} else if n > 0 {
		added = append(added, words.Count(n, "change")+" of assistants")
	}
	made, err1 := time.Parse(time.RFC3339Nano, doc.CreatedAt)
	touched, err2 := time.Parse(time.RFC3339Nano, doc.UpdatedAt)
	if len(added) == 0 && err1 == nil && err2 == nil && touched.Sub(made) > settling {
		added = append(added, "something, last at "+touched.Local().Format(time.DateTime))
	}
	p.askOfOthers(added)
	p.steps = []step{{what: "the doc", write: Write{Operation: "deleteDoc", DocName: doc.Name, Name: doc.Name, Args: coda.Args{"docId": id}}}}
	return p, nil
}

// changesIn counts what was changed in a doc beside a change, and is not put back.
func (j *Journal) changesIn(ctx context.Context, c *change, doc string) (n int, err error) {
	file, err := j.open(ctx)
	if err != nil {
		return 0, err
	}
	all, err := file.List(ctx, store.Filter{Doc: doc, Direct: true})
	for _, r := range all {
		if r.ID != c.ID && slices.Contains([]store.State{store.Applied, store.Queued, store.Unknown, store.Half}, r.State) {
			n++
		}
	}
	return n, err
}

func planCreateFolder(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	id, err := madeID(c)
	if err != nil {
		return nil, err
	}
	_, err = coda.CallFor[any](ctx, j.o.Coda, "getFolder", coda.Args{"folderId": id})
	if coda.IsKind(err, coda.KindNotFound, coda.KindGone) {
		return gone("the folder"), nil
	}
	if err != nil {
		return nil, err
	}
	inside, err := coda.Listed(coda.CallFor[coda.Page[coda.Doc]](ctx, j.o.Coda, "listDocs", coda.Args{"folderId": id, "limit": 20}))
	if err != nil {
		return nil, err
	}
	p := &plan{parts: []Part{{Name: "folder " + words.Quote(text(c.args, "name")), After: "made", Now: "there"}}}
	var added []string
	for _, d := range inside.Items {
		added = append(added, "the doc "+words.Quote(d.Name))
	}
	p.askOfOthers(added)
	p.steps = []step{{what: "the folder", write: Write{Operation: "deleteFolder", Name: text(c.args, "name"), Args: coda.Args{"folderId": id}}}}
	return p, nil
}
