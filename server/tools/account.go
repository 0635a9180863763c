package tools

import (
	"cmp"
	"context"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type getAccountArgs struct{}

type getAccountResult struct {
	Name       string           `json:"name"`
	Email      string           `json:"email,omitempty"`
	Workspace  *words.Reference `json:"workspace,omitempty"`
	Restricted bool             `json:"restricted"`
	TokenName  string           `json:"token_name,omitempty"`
	Write      bool             `json:"may_write"`
	Documents  int              `json:"allowed_documents,omitempty"`
	Note       string           `json:"note,omitempty"`
}

func (t *Tools) getAccount(ctx context.Context, _ getAccountArgs) (getAccountResult, error) {
	me, err := t.o.Coda.WhoAmI(ctx)
	if err != nil {
		return getAccountResult{}, err
	}
	allowed, _ := t.find.Allowed(ctx)
	out := getAccountResult{Name: me.Name, Email: me.LoginID, Restricted: me.Scoped, TokenName: me.TokenName,
		Write: t.mayWrite(ctx), Documents: len(allowed)}
	if me.Workspace.ID != "" {
		out.Workspace = &words.Reference{ID: me.Workspace.ID, Name: me.Workspace.Name}
	}
	if me.Scoped {
		out.Note = "Coda restricts this token (to reading, or to one document or table), and does not say how."
	}
	return out, nil
}

var getAccountTool = declare(tool{
	name:        "coda_get_account",
	title:       "Whose account",
	description: "Says whose Coda account this is, its workspace, whether the token is restricted, and whether this connection may write.",
	repeatable:  true,
	input:       `{"type":"object","properties":{},"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"name":{"type":"string"},"email":{"type":"string"},"workspace":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"restricted":{"type":"boolean"},"token_name":{"type":"string"},"may_write":{"type":"boolean"},"allowed_documents":{"type":"integer"},"note":{"type":"string"}},
		"required":["name","restricted","may_write"],"additionalProperties":false}`,
}, (*Tools).getAccount)

type resolveLinkArgs struct {
	Link    string `json:"link"`
	Nearest bool   `json:"nearest"`
}

type resolveLinkResult struct {
	Type     string           `json:"type"`
	ID       string           `json:"id"`
	Name     string           `json:"name,omitempty"`
	Document *words.Reference `json:"document,omitempty"`
	Table    string           `json:"table,omitempty"`
	Element  string           `json:"element,omitempty"`
}

func (t *Tools) resolveLink(ctx context.Context, a resolveLinkArgs) (resolveLinkResult, error) {
	if err := words.RefuseOdd("link", a.Link); err != nil {
		return resolveLinkResult{}, err
	}
	l, ok := coda.ParseLink(a.Link)
	if !ok {
		return resolveLinkResult{}, find.ForeignLink(a.Link)
	}
	if !t.find.Allows(ctx, l.DocID) {
		return resolveLinkResult{}, find.NotAllowed(a.Link)
	}
	r, err := t.o.Coda.ResolveBrowserLink(ctx, a.Link, a.Nearest)
	if err != nil {
		return resolveLinkResult{}, err
	}
	doc := cmp.Or(r.DocID, l.DocID)
	if !t.find.Allows(ctx, doc) {
		return resolveLinkResult{}, find.NotAllowed(a.Link)
	}
	out := resolveLinkResult{Type: r.Type, ID: r.ID, Name: words.PlainText(r.Name, ""), Document: &words.Reference{ID: doc}, Element: l.Line}
	if r.Type == "row" || r.Type == "column" {
		out.Table = r.TableID
	}
	if d, ok := t.find.KnownDoc(doc); ok {
		out.Document.Name = d.Name
	}
	return out, nil
}

var resolveLinkTool = declare(tool{
	name:        "coda_resolve_link",
	title:       "What a link points to",
	description: "Says what a Coda link from the browser points to, with ids. Other tools take links directly; this one also knows links to columns, formulas, controls and lines.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"link":{"type":"string"},
		"nearest":{"type":"boolean","description":"When it is gone, the nearest thing that still exists."}},
		"required":["link"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"type":{"type":"string"},"id":{"type":"string"},"name":{"type":"string"},
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"string"},"element":{"type":"string"}},
		"required":["type","id"],"additionalProperties":false}`,
}, (*Tools).resolveLink)

type getMutationStatusArgs struct {
	RequestID string `json:"request_id"`
	Wait      int    `json:"wait"`
}

type getMutationStatusResult struct {
	Status  string `json:"status"`
	Request string `json:"request_id"`
	Warning string `json:"warning,omitempty"`
	Note    string `json:"note,omitempty"`
}

func (t *Tools) getMutationStatus(ctx context.Context, a getMutationStatusArgs) (getMutationStatusResult, error) {
	id := strings.TrimSpace(a.RequestID)
	if err := words.RefuseOdd("request_id", id); err != nil {
		return getMutationStatusResult{}, err
	}
	out := getMutationStatusResult{Request: id}
	completed, warning, err := t.o.Coda.MutationStatus(ctx, id)
	if coda.IsKind(err, coda.KindNotFound) {
		return out, words.Say("Coda knows no write with the request id %s, or has forgotten it (after about a day). Read the row or page to see how it stands.", words.Quote(id))
	}
	if err != nil {
		return out, err
	}
	out.Status, out.Warning = string(coda.Queued), warning
	if completed {
		t.o.Changes.Applied(ctx, id)
		out.Status = applied
		return out, nil
	}
	s := t.settle(ctx, id, time.Duration(a.Wait)*time.Second)
	out.Status, out.Warning = string(s.state), cmp.Or(s.warning, warning)
	if s.state != coda.Applied {
		out.Note = "Coda never reports a write as failed. If it stays queued for minutes, read the row or page."
	}
	return out, nil
}

var getMutationStatusTool = declare(tool{
	name:        "coda_get_mutation_status",
	title:       "How a write stands",
	description: "Says whether a write that was queued or unknown has been applied, by the request_id of its answer.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"request_id":{"type":"string","description":"request_id of a write's answer."},
		"wait":{"type":"integer","minimum":0,"maximum":30,"description":"Seconds to wait for it, default 0."}},
		"required":["request_id"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"status":{"type":"string","enum":["applied","queued","unknown"]},"request_id":{"type":"string"},"warning":{"type":"string"},"note":{"type":"string"}},
		"required":["status","request_id"],"additionalProperties":false}`,
}, (*Tools).getMutationStatus)
