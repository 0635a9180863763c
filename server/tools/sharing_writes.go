package tools

import (
	"cmp"
	"context"
	"slices"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/words"
)

type shareDocumentArgs struct {
	Document string `json:"document"`
	Access   string `json:"access"`
	With     string `json:"with"`
	Who      string `json:"who"`
	Notify   bool   `json:"notify"`
}

// principals are the kinds of those a document is shared with, and the field
// that names one.
var principals = map[string]string{"email": "email", "group": "groupId", "domain": "domain", "workspace": "workspaceId", "anyone": ""}

func (t *Tools) shareDocument(ctx context.Context, a shareDocumentArgs) (change, error) {
	principal := map[string]any{"type": a.With}
	switch field := principals[a.With]; {
	case field == "" && a.Who != "":
		return change{}, words.Say("\"anyone\" means everybody on the web: leave out who.")
	case field != "" && a.Who == "":
		return change{}, words.Say("The argument \"who\" is missing: give the %s.", map[string]string{"email": "e-mail address", "group": "group id", "domain": "domain", "workspace": "workspace id"}[a.With])
	case a.With == "email" && !words.PlainMail().MatchString(a.Who):
		return change{}, words.Say("The argument \"who\" must be an e-mail address, not %s. coda_search_people finds it.", words.Quote(a.Who))
	case field != "":
		principal[field] = a.Who
	}
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	_, err = submit[any](ctx, t, aboutDoc(doc, "addPermission",
		coda.Args{"docId": doc.ID, "access": a.Access, "principal": principal, "suppressEmail": !a.Notify}))
	return change{Status: applied, Document: docRef(doc), Name: cmp.Or(a.Who, a.With)}, err
}

var shareDocumentTool = declare(tool{
	name:        "coda_share_document",
	title:       "Share a document",
	description: "Gives a person, group, domain, workspace or everybody on the web access to a document. Ask the user first. No mail is sent unless notify is true.",
	writes:      true, reaches: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"access":{"type":"string","enum":["readonly","comment","write"]},
		"with":{"type":"string","enum":["email","group","domain","workspace","anyone"]},
		"who":{"type":"string","description":"The e-mail address, group id, domain or workspace id."},
		"notify":{"type":"boolean","description":"Coda sends a mail; default false."}},
		"required":["document","access","with"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).shareDocument)

type unshareDocumentArgs struct {
	Document   string `json:"document"`
	Permission string `json:"permission"`
}

func (t *Tools) unshareDocument(ctx context.Context, a unshareDocumentArgs) (change, error) {
	if err := words.RefuseOdd("permission", a.Permission); err != nil {
		return change{}, err
	}
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	all, err := t.permissions(ctx, doc.ID)
	if err != nil {
		return change{}, err
	}
	at := slices.IndexFunc(all, func(p permission) bool { return p.ID == a.Permission })
	if at < 0 {
		return change{}, words.Say("The document has no permission %s. Call coda_get_sharing and use an id from there.", words.Quote(a.Permission))
	}
	w := aboutDoc(doc, "deletePermission", coda.Args{"docId": doc.ID, "permissionId": a.Permission})
	w.Seen = &changes.Image{}
	for _, p := range all {
		w.Seen.Shared = append(w.Seen.Shared, changes.Permission(p))
	}
	_, err = submit[any](ctx, t, w)
	return change{Status: applied, Document: docRef(doc), ID: a.Permission, Was: []string{all[at].Access + " for " + all[at].who()}}, err
}

var unshareDocumentTool = declare(tool{
	name:        "coda_unshare_document",
	title:       "Take an access away",
	description: "Takes an access to a document away, given by the permission id. Ask the user first. was says whose it was.",
	writes:      true, overwrites: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"permission":{"type":"string","description":"Permission id from coda_get_sharing."}},
		"required":["document","permission"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).unshareDocument)

type updateSharingArgs struct {
	Document       string `json:"document"`
	EditorsShare   *bool  `json:"allow_editors_to_change_permissions"`
	Copying        *bool  `json:"allow_copying"`
	RequestEditing *bool  `json:"allow_viewers_to_request_editing"`
}

func (t *Tools) updateSharing(ctx context.Context, a updateSharingArgs) (change, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	args := some(coda.Args{"docId": doc.ID}, "allowEditorsToChangePermissions", a.EditorsShare,
		"allowCopying", a.Copying, "allowViewersToRequestEditing", a.RequestEditing)
	if len(args) == 1 {
		return change{}, nothingNew("allow_editors_to_change_permissions, allow_copying, allow_viewers_to_request_editing")
	}
	_, err = submit[any](ctx, t, aboutDoc(doc, "updateAclSettings", args))
	return change{Status: applied, Document: docRef(doc)}, err
}

var updateSharingTool = declare(tool{
	name:        "coda_update_sharing",
	title:       "Change sharing settings",
	description: "Changes whether editors may share a document, whether it may be copied, and whether viewers may ask to edit.",
	writes:      true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"allow_editors_to_change_permissions":{"type":"boolean"},"allow_copying":{"type":"boolean"},"allow_viewers_to_request_editing":{"type":"boolean"}},
		"required":["document"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).updateSharing)

type listCategoriesArgs struct{}

type listCategoriesResult struct {
	Categories []string `json:"categories"`
}

func (t *Tools) listCategories(ctx context.Context, _ listCategoriesArgs) (listCategoriesResult, error) {
	found, err := coda.Listed(read[coda.Page[coda.SelectOption]](ctx, t, "listCategories", nil))
	out := listCategoriesResult{Categories: []string{}}
	for _, c := range found.Items {
		out.Categories = append(out.Categories, c.Name)
	}
	return out, err
}

var listCategoriesTool = declare(tool{
	name:        "coda_list_categories",
	title:       "Categories for publishing",
	description: "Lists the categories under which a document can be published.",
	repeatable:  true,
	input:       `{"type":"object","properties":{},"additionalProperties":false}`,
	output:      `{"type":"object","properties":{"categories":{"type":"array","items":{"type":"string"}}},"required":["categories"],"additionalProperties":false}`,
}, (*Tools).listCategories)

type publishDocumentArgs struct {
	Document     string   `json:"document"`
	Slug         string   `json:"slug"`
	Mode         string   `json:"mode"`
	Discoverable *bool    `json:"discoverable"`
	Categories   []string `json:"categories"`
}

func (t *Tools) publishDocument(ctx context.Context, a publishDocumentArgs) (change, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	discoverable := a.Discoverable != nil && *a.Discoverable
	t.find.ForgetDoc(doc.ID)
	args := some(coda.Args{"docId": doc.ID, "discoverable": discoverable}, "slug", a.Slug, "mode", a.Mode, "categoryNames", a.Categories)
	return t.submitQueued(ctx, aboutDoc(doc, "publishDoc", args), change{Document: docRef(doc)})
}

var publishDocumentTool = declare(tool{
	name:        "coda_publish_document",
	title:       "Publish on the web",
	description: "Publishes a document: everybody on the web can then read it. Ask the user first. It is not listed in Coda's gallery unless discoverable is true.",
	writes:      true, reaches: true, repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"slug":{"type":"string","description":"Last part of the address."},
		"mode":{"type":"string","enum":["view","play","edit"],"description":"What visitors may do."},
		"discoverable":{"type":"boolean","description":"Default false."},
		"categories":{"type":"array","maxItems":10,"items":{"type":"string"},"description":"From coda_list_categories."}},
		"required":["document"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).publishDocument)

type unpublishDocumentArgs struct {
	Document string `json:"document"`
}

func (t *Tools) unpublishDocument(ctx context.Context, a unpublishDocumentArgs) (change, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	type published struct {
		Published struct {
			BrowserLink string `json:"browserLink"`
		} `json:"published"`
	}
	now, err := read[published](ctx, t, "getDoc", coda.Args{"docId": doc.ID})
	if err != nil {
		return change{}, err
	}
	if now.Published.BrowserLink == "" {
		return change{}, words.Say("The document %s is not published, so there is nothing to take down.", words.Quote(doc.Name))
	}
	_, err = submit[any](ctx, t, aboutDoc(doc, "unpublishDoc", coda.Args{"docId": doc.ID}))
	return change{Status: applied, Document: docRef(doc), Was: []string{"published at " + now.Published.BrowserLink}}, err
}

var unpublishDocumentTool = declare(tool{
	name:        "coda_unpublish_document",
	title:       "Take off the web",
	description: "Takes a published document off the web. was gives its address.",
	writes:      true, overwrites: true, reaches: true, repeatable: true,
	input: `{"type":"object","properties":{"document":{"type":"string","description":"Id, name or link."}},
		"required":["document"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).unpublishDocument)
