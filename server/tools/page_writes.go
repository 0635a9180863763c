package tools

import (
	"context"
	"fmt"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// pendingWait is how long a created page is waited for; Coda takes some twenty
// seconds, and the page cannot be used before.
const pendingWait = 30 * time.Second

type createPageArgs struct {
	Document string `json:"document"`
	Name     string `json:"name"`
	Parent   string `json:"parent"`
	Subtitle string `json:"subtitle"`
	Icon     string `json:"icon"`
	ImageURL string `json:"image_url"`
	Content  string `json:"content"`
	Format   string `json:"format"`
	EmbedURL string `json:"embed_url"`
}

func (t *Tools) createPage(ctx context.Context, a createPageArgs) (change, error) {
	if a.EmbedURL != "" && a.Content != "" {
		return change{}, words.Say("A page holds either text or an embed: give content or embed_url, not both.")
	}
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	args := some(coda.Args{"docId": doc.ID}, "name", a.Name, "subtitle", a.Subtitle, "iconName", a.Icon, "imageUrl", a.ImageURL)
	if a.Parent != "" {
		parent, err := t.findPage(ctx, doc.ID, a.Parent)
		if err != nil {
			return change{}, err
		}
		if parent.Doc.ID != doc.ID {
			return change{}, words.Say("The parent page is in another document. Give a page of %s.", words.Quote(doc.Name))
		}
		args["parentPageId"] = parent.Page
	}
	switch {
	case a.EmbedURL != "":
		args["pageContent"] = map[string]any{"type": "embed", "url": a.EmbedURL}
	case a.Content != "":
		args["pageContent"] = canvas(a.Format, a.Content)
	}
	made, err := submit[queuedAnswer](ctx, t, aboutDoc(doc, "createPage", args))
	if err != nil {
		return change{}, err
	}
	t.pendingPages.Put(made.ID, made.RequestID)
	t.wrotePage(ctx, find.Place{Doc: doc, Page: made.ID}, didAdd, a.Name, nil)
	out := t.conclude(ctx, made.RequestID, max(pendingWait, t.o.WriteWait),
		change{Document: docRef(doc), ID: made.ID, Name: a.Name, Note: lossNote(a.Format, a.Content)})
	t.find.ForgetPages(doc.ID)
	if out.Status == applied {
		t.pendingPages.Delete(made.ID)
		if p, err := t.o.Coda.GetPage(ctx, doc.ID, made.ID); err == nil {
			out.URL = find.Link(p.BrowserLink, doc)
		}
	}
	return out, nil
}

// findPage makes ids of the arguments document and page, and waits for a page
// that was only just created.
func (t *Tools) findPage(ctx context.Context, document, page string) (find.Place, error) {
	p, err := t.find.Page(ctx, document, page)
	if err == nil {
		err = t.awaitPage(ctx, p.Page)
	}
	return p, err
}

// awaitPage waits for a page that was created a moment ago, so that it can be used
// as soon as it is there.
func (t *Tools) awaitPage(ctx context.Context, page string) error {
	request, _, ok := t.pendingPages.Peek(page)
	if !ok {
		return nil
	}
	if s := t.settle(ctx, request, pendingWait); string(s.state) == applied {
		t.pendingPages.Delete(page)
		return nil
	}
	return words.Say("The page %s was created a moment ago and Coda has not finished it. Call again in half a minute; do not create it again.", page)
}

var createPageTool = declare(tool{
	name:        "coda_create_page",
	title:       "Make a page",
	description: "Makes a page (below parent) with text (Markdown; format html for tables) or an embedded web page. Pages cannot be moved later. Needs a Doc Maker seat.",
	writes:      true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"name":{"type":"string"},
		"parent":{"type":"string"},
		"content":{"type":"string"},"format":{"type":"string"},
		"embed_url":{"type":"string"}},
		"required":["document","name"],"additionalProperties":false}`,
	takes: `{"properties":{"name":{"minLength":1,"maxLength":300},"format":{"enum":["markdown","html"]},
		"subtitle":{"type":"string"},"icon":{"type":"string"},"image_url":{"type":"string"}}}`,
	output: changeSchema,
}, (*Tools).createPage)

type updatePageArgs struct {
	Document string  `json:"document"`
	Page     string  `json:"page"`
	Name     *string `json:"name"`
	Subtitle *string `json:"subtitle"`
	Icon     *string `json:"icon"`
	ImageURL *string `json:"image_url"`
	Hidden   *bool   `json:"hidden"`
}

func (t *Tools) updatePage(ctx context.Context, a updatePageArgs) (change, error) {
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return change{}, err
	}
	args := some(coda.Args{"docId": p.Doc.ID, "pageIdOrName": p.Page}, "name", a.Name, "subtitle", a.Subtitle,
		"iconName", a.Icon, "imageUrl", a.ImageURL, "isHidden", a.Hidden)
	if len(args) == 2 {
		return change{}, nothingNew("name, subtitle, icon, image_url, hidden")
	}
	before, err := t.o.Coda.GetPage(ctx, p.Doc.ID, p.Page)
	if err != nil {
		return change{}, err
	}
	t.find.ForgetPages(p.Doc.ID)
	w := aboutDoc(p.Doc, "updatePage", args)
	w.Name, w.Link, w.Seen = before.Name, find.Link(before.BrowserLink, p.Doc), changes.PageFacts(before)
	out, err := t.submitQueued(ctx, w, change{Document: docRef(p.Doc), ID: p.Page,
		URL: find.Link(before.BrowserLink, p.Doc), Was: []string{pageWords(before)}})
	if err == nil {
		did, name := "", before.Name
		if a.Name != nil && *a.Name != before.Name {
			did, name = didRename, *a.Name
		}
		t.wrotePage(ctx, p, did, name, out.Was)
	}
	return out, err
}

func pageWords(p coda.DocPage) string {
	said := "page " + words.Quote(p.Name)
	if p.Subtitle != "" {
		said += ", subtitle " + words.Quote(p.Subtitle)
	}
	if p.IsHidden {
		said += ", hidden"
	}
	return said
}

var updatePageTool = declare(tool{
	name:        "coda_update_page",
	title:       "Rename or hide a page",
	description: "Renames or hides a page, or changes subtitle, icon or cover. was: as it was.",
	writes:      true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"page":{"type":"string"},
		"name":{"type":"string"},"subtitle":{"type":"string"},"icon":{"type":"string"},
		"image_url":{"type":"string"},"hidden":{"type":"boolean"}},
		"required":["page"],"additionalProperties":false}`,
	takes:  `{"properties":{"name":{"minLength":1,"maxLength":300}}}`,
	output: changeSchema,
}, (*Tools).updatePage)

type deletePageArgs struct {
	Document string `json:"document"`
	Page     string `json:"page"`
}

func (t *Tools) deletePage(ctx context.Context, a deletePageArgs) (change, error) {
	if err := onlyID("page", find.PageID, a.Page, "coda_list_pages"); err != nil {
		return change{}, err
	}
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return change{}, err
	}
	var about coda.DocPage
	var tables []coda.Table
	err = words.EachOf(ctx, 2, func(ctx context.Context, i int) (err error) {
		if i == 0 {
			about, err = t.o.Coda.GetPage(ctx, p.Doc.ID, p.Page)
		} else {
			tables, err = t.find.TablesOf(ctx, p.Doc.ID, 0)
		}
		return err
	})
	if err != nil {
		return change{}, err
	}
	was := []string{pageWords(about)}
	for _, c := range about.Children {
		was = append(was, "subpage "+words.Quote(c.Name))
	}
	for _, g := range tablesOn(tables, about.ID) {
		was = append(was, "table "+words.Quote(g.Name))
	}
	t.find.ForgetPages(p.Doc.ID)
	t.find.ForgetTables(p.Doc.ID)
	t.texts.Delete(p.Doc.ID + "/" + p.Page)
	w := aboutDoc(p.Doc, "deletePage", coda.Args{"docId": p.Doc.ID, "pageIdOrName": p.Page})
	w.Name = about.Name
	out, err := t.submitQueued(ctx, w, change{Document: docRef(p.Doc), ID: p.Page, Was: was[:min(len(was), 50)]})
	if err == nil {
		t.wrotePage(ctx, p, didDelete, about.Name, nil)
	}
	if n := len(was) - 50; n > 0 {
		out.Note = fmt.Sprintf("And %s. %s", words.Count(n, "more thing"), out.Note)
	}
	return out, err
}

var deletePageTool = declare(tool{
	name:        "coda_delete_page",
	title:       "Delete a page",
	description: "Deletes a page, given by its id (not by name), with all that stands on it. Ask the user first. was says what it held.",
	writes:      true, overwrites: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"page":{"type":"string","description":"Id (canvas-…) from coda_list_pages."}},
		"required":["document","page"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).deletePage)
