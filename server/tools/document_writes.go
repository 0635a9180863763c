package tools

import (
	"cmp"
	"context"
	"fmt"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type createDocumentArgs struct {
	Title    string `json:"title"`
	CopyOf   string `json:"copy_of"`
	Folder   string `json:"folder"`
	Timezone string `json:"timezone"`
	PageName string `json:"page_name"`
	Content  string `json:"content"`
	Format   string `json:"format"`
}

func (t *Tools) createDocument(ctx context.Context, a createDocumentArgs) (change, error) {
	if err := t.find.WholeAccount(ctx, "making a document"); err != nil {
		return change{}, err
	}
	args := some(coda.Args{}, "title", a.Title, "timezone", a.Timezone, "folderId", a.Folder)
	if a.CopyOf != "" {
		if a.Content != "" || a.PageName != "" {
			return change{}, words.Say("A copy has the pages of its original: leave out page_name and content, or copy_of.")
		}
		source, err := t.find.Doc(ctx, a.CopyOf)
		if err != nil {
			return change{}, err
		}
		args["sourceDoc"] = source.ID
	}
	if a.Content != "" || a.PageName != "" {
		page := map[string]any{"name": cmp.Or(a.PageName, "Page 1")}
		if a.Content != "" {
			page["pageContent"] = canvas(a.Format, a.Content)
		}
		args["initialPage"] = page
	}
	type made struct {
		coda.Doc
		RequestID string `json:"requestId"`
	}
	d, err := submit[made](ctx, t, changes.Write{Operation: "createDoc", Args: args})
	if err != nil {
		return change{}, err
	}
	t.find.ForgetList()
	find.Touch(ctx, d.Doc)
	out := change{Status: applied, Document: docRef(d.Doc), ID: d.ID, Name: d.Name,
		URL: find.Link(d.BrowserLink, d.Doc), Note: lossNote(a.Format, a.Content)}
	if d.RequestID != "" {
		out = t.conclude(ctx, d.RequestID, t.o.WriteWait, out)
	}
	return out, nil
}

// canvas is page content as operations take it.
func canvas(format, content string) map[string]any {
	return map[string]any{"type": "canvas", "canvasContent": map[string]any{"format": cmp.Or(format, coda.Markdown), "content": content}}
}

var createDocumentTool = declare(tool{
	name:        "coda_create_document",
	title:       "Make a document",
	description: "Makes a document, empty, with a first page of text, or as a full copy of another (copy_of, which is the only true copy of tables). Needs a Doc Maker seat; Coda may turn an editor into a paid Doc Maker.",
	writes:      true,
	input: `{"type":"object","properties":{
		"title":{"type":"string"},
		"copy_of":{"type":"string","description":"Document to copy: id, name or link."},
		"folder":{"type":"string","description":"Folder id from coda_list_folders."},
		"timezone":{"type":"string","description":"Such as Europe/Berlin."},
		"page_name":{"type":"string","description":"Name of the first page."},
		"content":{"type":"string","description":"Text of the first page."},
		"format":{"type":"string","enum":["markdown","html"],"description":"Default markdown."}},
		"required":["title"],"additionalProperties":false}`,
	takes:  `{"properties":{"title":{"maxLength":300}}}`,
	output: changeSchema,
}, (*Tools).createDocument)

type updateDocumentArgs struct {
	Document string  `json:"document"`
	Title    *string `json:"title"`
	Icon     *string `json:"icon"`
}

func (t *Tools) updateDocument(ctx context.Context, a updateDocumentArgs) (change, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	args := some(coda.Args{"docId": doc.ID}, "title", a.Title, "iconName", a.Icon)
	if len(args) == 1 {
		return change{}, nothingNew("title, icon")
	}
	if _, err := submit[any](ctx, t, aboutDoc(doc, "updateDoc", args)); err != nil {
		return change{}, err
	}
	t.find.ForgetDoc(doc.ID)
	t.find.ForgetList()
	out := change{Status: applied, Document: docRef(doc), Was: []string{doc.Name}}
	if a.Title != nil {
		out.Document.Name = *a.Title
	}
	return out, nil
}

var updateDocumentTool = declare(tool{
	name:        "coda_update_document",
	title:       "Rename a document",
	description: "Changes a document's title or icon. was gives the title before.",
	writes:      true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"title":{"type":"string"},
		"icon":{"type":"string","description":"Name of a Coda icon, such as rocket."}},
		"required":["document"],"additionalProperties":false}`,
	takes:  `{"properties":{"title":{"minLength":1,"maxLength":300}}}`,
	output: changeSchema,
}, (*Tools).updateDocument)

type deleteDocumentArgs struct {
	Document string `json:"document"`
}

func (t *Tools) deleteDocument(ctx context.Context, a deleteDocumentArgs) (change, error) {
	if err := onlyID("document", find.DocID, a.Document, "coda_list_documents"); err != nil {
		return change{}, err
	}
	if !t.find.Allows(ctx, a.Document) {
		return change{}, find.NotAllowed(a.Document)
	}
	doc, err := t.o.Coda.GetDoc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	find.Touch(ctx, doc)
	was := fmt.Sprintf("document %s of %s", words.Quote(doc.Name), cmp.Or(doc.OwnerName, doc.Owner))
	if s := doc.DocSize; s != nil {
		was += fmt.Sprintf(" with %s, %s and %s", words.Count(int(s.PageCount), "page"), words.Count(int(s.TableAndViewCount), "table or view"), words.Count(int(s.TotalRowCount), "row"))
	}
	if _, err := submit[any](ctx, t, aboutDoc(doc, "deleteDoc", coda.Args{"docId": doc.ID})); err != nil {
		return change{}, err
	}
	t.find.ForgetDoc(doc.ID)
	t.find.ForgetList()
	return change{Status: applied, Document: docRef(doc), Was: []string{was}, Note: "Its owner finds it in Coda's trash for a while."}, nil
}

var deleteDocumentTool = declare(tool{
	name:        "coda_delete_document",
	title:       "Delete a document",
	description: "Deletes a whole document, given by its id (not by name). Ask the user first. was says what it held.",
	writes:      true, overwrites: true,
	input: `{"type":"object","properties":{"document":{"type":"string","description":"Id from coda_list_documents."}},
		"required":["document"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).deleteDocument)
