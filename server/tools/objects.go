package tools

import (
	"cmp"
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type listObjectsArgs struct {
	Document string `json:"document"`
	Cursor   string `json:"cursor"`
}

// object is a named formula or a control.
type object struct {
	ID     string          `json:"id"`
	Name   string          `json:"name"`
	Kind   string          `json:"controlType"`
	Value  any             `json:"value"`
	Parent *coda.Reference `json:"parent"`
}

type listedObject struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Page string `json:"page,omitempty"`
}

type listObjectsResult struct {
	Document   words.Reference `json:"document"`
	Items      []listedObject  `json:"items"`
	NextCursor string          `json:"next_cursor,omitempty"`
}

const listObjectsInput = `{"type":"object","properties":{
	"document":{"type":"string","description":"Id, name or link."},
	"cursor":{"type":"string","description":"next_cursor of the answer before."}},
	"required":["document"],"additionalProperties":false}`

const listObjectsSchema = `{"type":"object","properties":{
	"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
	"items":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"page":{"type":"string"}},"required":["id","name"]}},
	"next_cursor":{"type":"string"}},
	"required":["document","items"],"additionalProperties":false}`

func (t *Tools) listObjects(ctx context.Context, operation string, a listObjectsArgs) (listObjectsResult, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return listObjectsResult{}, err
	}
	page, err := coda.Listed(read[coda.Page[object]](ctx, t, operation, some(coda.Args{"docId": doc.ID, "limit": 100}, "pageToken", a.Cursor)))
	out := listObjectsResult{Document: *docRef(doc), Items: []listedObject{}, NextCursor: page.NextPageToken}
	for _, o := range page.Items {
		l := listedObject{ID: o.ID, Name: words.Clip(o.Name, 200)}
		if o.Parent != nil {
			l.Page = words.Clip(o.Parent.Name, 200)
		}
		out.Items = append(out.Items, l)
	}
	return out, find.BadCursor(err, a.Cursor)
}

type getObjectResult struct {
	Document words.Reference `json:"document"`
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Type     string          `json:"type,omitempty"` // of a control
	Page     string          `json:"page,omitempty"`
	Value    any             `json:"value"`
}

const getObjectSchema = `{"type":"object","properties":{
	"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
	"id":{"type":"string"},"name":{"type":"string"},"type":{"type":"string"},"page":{"type":"string"},"value":{}},
	"required":["document","id","name","value"],"additionalProperties":false}`

// mostValue is how long a formula's value may be, in characters.
const mostValue = 100_000

// objectKind is what formulas and controls differ in.
type objectKind struct{ what, list, get, listTool, param string }

var (
	formulas = objectKind{"formula", "listFormulas", "getFormula", "coda_list_formulas", "formulaIdOrName"}
	controls = objectKind{"control", "listControls", "getControl", "coda_list_controls", "controlIdOrName"}
)

// getObject finds it by id or name in the list, since Coda takes any one of
// several of the same name.
func (t *Tools) getObject(ctx context.Context, k objectKind, document, ref string) (getObjectResult, error) {
	if err := words.RefuseOdd(k.what, ref); err != nil {
		return getObjectResult{}, err
	}
	doc, err := t.find.Doc(ctx, document)
	if err != nil {
		return getObjectResult{}, err
	}
	all, err := find.Walk(func(token string) (coda.Page[object], error) {
		return read[coda.Page[object]](ctx, t, k.list, some(coda.Args{"docId": doc.ID, "limit": 100}, "pageToken", token))
	})
	if err != nil {
		return getObjectResult{}, err
	}
	found, err := find.Pick(k.what, k.listTool, ref, all, func(o object) (id, name, more string) { return o.ID, o.Name, "" })
	if err != nil {
		return getObjectResult{}, err
	}
	o, err := read[object](ctx, t, k.get, coda.Args{"docId": doc.ID, k.param: found.ID})
	out := getObjectResult{Document: *docRef(doc), ID: found.ID, Name: cmp.Or(o.Name, found.Name), Type: o.Kind}
	value := []any{words.PlainValue(o.Value, coda.Column{}, true)}
	words.Fit(value, mostValue)
	out.Value = value[0]
	if o.Parent != nil {
		out.Page = o.Parent.Name
	}
	return out, err
}

func (t *Tools) listFormulas(ctx context.Context, a listObjectsArgs) (listObjectsResult, error) {
	return t.listObjects(ctx, formulas.list, a)
}

var listFormulasTool = declare(tool{
	name:        "coda_list_formulas",
	title:       "List named formulas",
	description: "Lists the named formulas of a document with the page each stands on; coda_get_formula reads a value.",
	repeatable:  true,
	input:       listObjectsInput,
	output:      listObjectsSchema,
}, (*Tools).listFormulas)

type getFormulaArgs struct {
	Document string `json:"document"`
	Formula  string `json:"formula"`
}

func (t *Tools) getFormula(ctx context.Context, a getFormulaArgs) (getObjectResult, error) {
	return t.getObject(ctx, formulas, a.Document, a.Formula)
}

var getFormulaTool = declare(tool{
	name:        "coda_get_formula",
	title:       "Value of a formula",
	description: "Reads the present value of a named formula. Its text cannot be read or changed through Coda's API.",
	repeatable:  true,
	input: `{"type":"object","properties":{"document":{"type":"string","description":"Id, name or link."},
		"formula":{"type":"string","description":"Id (f-…) or name."}},
		"required":["document","formula"],"additionalProperties":false}`,
	output: getObjectSchema,
}, (*Tools).getFormula)

func (t *Tools) listControls(ctx context.Context, a listObjectsArgs) (listObjectsResult, error) {
	return t.listObjects(ctx, controls.list, a)
}

var listControlsTool = declare(tool{
	name:        "coda_list_controls",
	title:       "List controls",
	description: "Lists the controls of a document (buttons, sliders, selects, …) with the page each stands on; coda_get_control reads a value.",
	repeatable:  true,
	input:       listObjectsInput,
	output:      listObjectsSchema,
}, (*Tools).listControls)

type getControlArgs struct {
	Document string `json:"document"`
	Control  string `json:"control"`
}

func (t *Tools) getControl(ctx context.Context, a getControlArgs) (getObjectResult, error) {
	return t.getObject(ctx, controls, a.Document, a.Control)
}

var getControlTool = declare(tool{
	name:        "coda_get_control",
	title:       "Value of a control",
	description: "Reads the present value and type of a control. It cannot be set through Coda's API.",
	repeatable:  true,
	input: `{"type":"object","properties":{"document":{"type":"string","description":"Id, name or link."},
		"control":{"type":"string","description":"Id (ctrl-…) or name."}},
		"required":["document","control"],"additionalProperties":false}`,
	output: getObjectSchema,
}, (*Tools).getControl)

type triggerAutomationArgs struct {
	Document   string         `json:"document"`
	Automation string         `json:"automation"`
	Payload    map[string]any `json:"payload"`
}

func (t *Tools) triggerAutomation(ctx context.Context, a triggerAutomationArgs) (change, error) {
	if err := words.RefuseOdd("automation", a.Automation); err != nil {
		return change{}, err
	}
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return change{}, err
	}
	payload := a.Payload
	if payload == nil {
		payload = map[string]any{}
	}
	w := aboutDoc(doc, "triggerWebhookAutomation", coda.Args{"docId": doc.ID, "ruleId": a.Automation, "payload": payload})
	return t.submitQueued(ctx, w, change{Document: docRef(doc), ID: a.Automation})
}

var triggerAutomationTool = declare(tool{
	name:        "coda_trigger_automation",
	title:       "Start an automation",
	description: "Starts an automation of a document that waits for a webhook, with a payload its formulas can read. What it does is up to the document; ask the user first. Automations cannot be listed through Coda's API: the user finds the id (grid-auto-…) in the automation's three-dot menu.",
	writes:      true, overwrites: true, reaches: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"automation":{"type":"string","description":"Id of the automation (grid-auto-…)."},
		"payload":{"type":"string","description":"A JSON object."}},
		"required":["document","automation"],"additionalProperties":false}`,
	takes:  `{"properties":{"payload":{"type":"object"}}}`,
	output: changeSchema,
}, (*Tools).triggerAutomation)
