package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/words"
)

type apiDescribeArgs struct {
	Operation string `json:"operation"`
	Query     string `json:"query"`
}

type apiDescribeResult struct {
	Operations []string          `json:"operations,omitempty"`
	Operation  string            `json:"operation,omitempty"`
	Call       string            `json:"call,omitempty"`
	About      string            `json:"about,omitempty"`
	Access     string            `json:"access,omitempty"`
	Arguments  map[string]string `json:"arguments,omitempty"`
	Required   []string          `json:"required,omitempty"`
	Tool       string            `json:"tool,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func (t *Tools) apiDescribe(ctx context.Context, a apiDescribeArgs) (apiDescribeResult, error) {
	if a.Operation != "" {
		o, err := t.operation(a.Operation)
		if err != nil {
			return apiDescribeResult{}, err
		}
		return t.describeOperation(ctx, o), nil
	}
	out := apiDescribeResult{Operations: []string{}}
	a.Query = words.Clip(a.Query, 200)
	hidden := 0
	for _, o := range coda.Operations() {
		if o.Audience != coda.ForPerson && !t.toolset().Admin {
			hidden++
			continue
		}
		line := fmt.Sprintf("%s (%s): %s", o.ID, o.Access, o.About)
		if matches(line+" "+o.Group, a.Query) {
			out.Operations = append(out.Operations, line)
		}
	}
	if hidden > 0 {
		out.Note = fmt.Sprintf("%d operations for administrators and makers of packs are behind the owner's setting admin.", hidden)
	}
	return out, nil
}

// matches reports whether all words of a query are in a text.
func matches(text, query string) bool {
	text = alike.Fold(text)
	for _, w := range alike.WordsOf(alike.Fold(query)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// operation finds an operation that the owner offers.
func (t *Tools) operation(id string) (coda.Operation, error) {
	id = words.Clip(strings.TrimSpace(id), 80)
	o, ok := coda.FindOperation(id)
	if !ok {
		var near []string
		for _, o := range coda.Operations() {
			if strings.EqualFold(o.ID, id) {
				near = []string{o.ID}
				break
			}
			if len(near) < 5 && alike.NewQuery(id).Score(o.ID, o.About) > 0 {
				near = append(near, o.ID)
			}
		}
		if len(near) > 0 {
			return o, words.NoSuch("There is no operation %s. Near it: %s.", words.Quote(id), strings.Join(near, ", "))
		}
		return o, words.NoSuch("There is no operation %s. Call coda_api_describe without operation for all of them.", words.Quote(id))
	}
	if o.Audience != coda.ForPerson && !t.toolset().Admin {
		return o, words.Say("The operation %s is for administrators or makers of packs, which the owner has not switched on (setting admin). Ask the owner, or use another operation.", o.ID)
	}
	return o, nil
}

// toolFor names the tools that do an operation better.
var toolFor = map[string]string{"listDocs": "coda_list_documents", "getDoc": "coda_get_document", "createDoc": "coda_create_document",
	"updateDoc": "coda_update_document", "deleteDoc": "coda_delete_document", "listFolders": "coda_list_folders",
	"listFolderChildren": "coda_list_folders", "createFolder": "coda_create_folder", "updateFolder": "coda_update_folder",
	"deleteFolder": "coda_delete_folder", "listPages": "coda_list_pages",
	"getPage": "coda_get_page", "listPageContent": "coda_get_page_lines", "beginPageContentExport": "coda_get_page",
	"getPageContentExportStatus": "coda_get_page", "listTables": "coda_list_tables", "getTable": "coda_get_table",
	"listColumns": "coda_get_table", "getColumn": "coda_get_column", "listRows": "coda_list_rows", "getRow": "coda_get_row",
	"upsertRows": "coda_upsert_rows", "updateRow": "coda_update_row", "deleteRow": "coda_delete_rows", "deleteRows": "coda_delete_rows",
	"pushButton": "coda_push_button", "createPage": "coda_create_page", "updatePage": "coda_edit_page", "deletePage": "coda_delete_page",
	"deletePageContent": "coda_delete_page_elements", "resolveBrowserLink": "coda_resolve_link", "getMutationStatus": "coda_get_mutation_status",
	"getPermissions": "coda_get_sharing", "getAclSettings": "coda_get_sharing", "searchPrincipals": "coda_search_people",
	"addPermission": "coda_share_document", "deletePermission": "coda_unshare_document", "updateAclSettings": "coda_update_sharing",
	"listCategories": "coda_list_categories", "publishDoc": "coda_publish_document", "unpublishDoc": "coda_unpublish_document",
	"listFormulas": "coda_list_formulas", "getFormula": "coda_get_formula", "listControls": "coda_list_controls",
	"getControl": "coda_get_control", "triggerWebhookAutomation": "coda_trigger_automation"}

func (t *Tools) describeOperation(_ context.Context, o coda.Operation) apiDescribeResult {
	out := apiDescribeResult{Operation: o.ID, Call: o.Method + " " + o.Path,
		About: o.About, Access: string(o.Access), Arguments: map[string]string{}}
	for _, p := range o.Params {
		out.Arguments[p.Name] = p.Describe()
		if shape := coda.Shape(o.ID, p.Name); shape != "" {
			out.Arguments[p.Name] += ": " + shape
		}
		if p.Required {
			out.Required = append(out.Required, p.Name)
		}
	}
	if name := toolFor[o.ID]; name != "" && slices.Contains(t.Names(), name) {
		out.Tool = name
		out.Note = "The tool " + name + " does this better."
	}
	return out
}

var apiDescribeTool = declare(tool{
	name:        "coda_api_describe",
	title:       "Describe Coda's API",
	description: "Lists the operations of Coda's REST API that coda_api_call can make (query narrows by words), or with operation says what arguments one takes.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"operation":{"type":"string","description":"Id such as listFolders."},
		"query":{"type":"string","description":"Words such as sharing or analytics."}},
		"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"operations":{"type":"array","items":{"type":"string"}},"operation":{"type":"string"},"call":{"type":"string"},"about":{"type":"string"},
		"access":{"type":"string"},"arguments":{"type":"object","additionalProperties":{"type":"string"}},"required":{"type":"array","items":{"type":"string"}},
		"tool":{"type":"string"},"note":{"type":"string"}},"additionalProperties":false}`,
}, (*Tools).apiDescribe)

type apiCallArgs struct {
	Operation string         `json:"operation"`
	Arguments map[string]any `json:"arguments"`
}

type apiCallResult struct {
	Operation string `json:"operation"`
	Answer    any    `json:"answer"`
	Status    string `json:"status,omitempty"` // of a write that Coda queues
	Warning   string `json:"warning,omitempty"`
	Repeated  bool   `json:"repeated,omitempty"`
	Note      string `json:"note,omitempty"`
}

// writesByCall says whether a call with these arguments writes. An operation
// that is not known will be refused later, so it counts as reading; what cannot
// be read counts as writing. Only the operation is decoded: a number too large
// for a float, deep in the arguments, once made a write pass for a read.
func writesByCall(args []byte) bool {
	var a struct {
		Operation string `json:"operation"`
	}
	if json.Unmarshal(args, &a) != nil {
		return true
	}
	o, ok := coda.FindOperation(strings.TrimSpace(a.Operation))
	return ok && o.Access != coda.Reads
}

func (t *Tools) apiCall(ctx context.Context, a apiCallArgs) (apiCallResult, error) {
	o, err := t.operation(a.Operation)
	if err != nil {
		return apiCallResult{}, err
	}
	args, err := t.boundArgs(ctx, o, a.Arguments)
	if err != nil {
		return apiCallResult{}, err
	}
	out := apiCallResult{Operation: o.ID}
	if o.Access == coda.Reads {
		out.Answer, err = read[any](ctx, t, o.ID, args)
		if err == nil {
			err = t.find.ResolvedAllowed(ctx, o, args["url"], out.Answer)
		}
		return out, err
	}
	out.Answer, err = submit[any](ctx, t, changes.Write{Operation: o.ID, Args: args, DocName: t.find.DocName(args["docId"])})
	if err != nil {
		return out, err
	}
	t.forgetWritten(args)
	if m, ok := out.Answer.(map[string]any); ok && o.Queued && words.Field(m, "requestId") != "" {
		s := t.settle(ctx, words.Field(m, "requestId"), t.o.WriteWait)
		out.Status, out.Warning, out.Note = string(s.state), s.warning, s.note
	}
	return out, nil
}

var apiCallTool = declare(tool{
	name:        "coda_api_call",
	title:       "Any call of Coda's API",
	description: "Makes any operation of Coda's REST API by its id and arguments, for what no other tool does; coda_api_describe says which there are and what each takes. docId may be a name or link, but an id where something is deleted. Operations that write need the right to write; ask the user before one that deletes, shares or publishes.",
	writes:      true, overwrites: true, reaches: true,
	depends: writesByCall,
	input: `{"type":"object","properties":{
		"operation":{"type":"string","description":"Id from coda_api_describe."},
		"arguments":{"type":"string","description":"A JSON object by the names that coda_api_describe gives: path, query and body together."}},
		"required":["operation"],"additionalProperties":false}`,
	takes: `{"properties":{"arguments":{"type":"object"}}}`,
	output: `{"type":"object","properties":{
		"operation":{"type":"string"},"answer":{},"status":{"type":"string"},"warning":{"type":"string"},"repeated":{"type":"boolean"},"note":{"type":"string"},"change":{"type":"string"}},
		"required":["operation"],"additionalProperties":false}`,
}, (*Tools).apiCall)

// forgetWritten drops what a write through the API may have changed.
func (t *Tools) forgetWritten(args coda.Args) {
	doc, _ := args["docId"].(string)
	t.find.ForgetIn(doc)
	t.texts.Clear()
}
