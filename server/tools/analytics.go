package tools

import (
	"cmp"
	"context"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type getAnalyticsArgs struct {
	Of       string `json:"of"`
	Document string `json:"document"`
	Since    string `json:"since"`
	Until    string `json:"until"`
	Daily    bool   `json:"daily"`
	Limit    int    `json:"limit"`
	Cursor   string `json:"cursor"`
}

type getAnalyticsResult struct {
	Of         string           `json:"of"`
	Document   *words.Reference `json:"document,omitempty"`
	Items      []map[string]any `json:"items,omitempty"`
	Summary    map[string]any   `json:"summary,omitempty"`
	NextCursor string           `json:"next_cursor,omitempty"`
	Note       string           `json:"note,omitempty"`
}

// counted is one document or page and what was counted on each day.
type counted struct {
	Doc     *countedThing    `json:"doc"`
	Page    *countedThing    `json:"page"`
	Metrics []map[string]any `json:"metrics"`
}

type countedThing struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Name  string `json:"name"`
}

func (t *Tools) getAnalytics(ctx context.Context, a getAnalyticsArgs) (getAnalyticsResult, error) {
	out := getAnalyticsResult{Of: a.Of}
	dates, err := t.days(a)
	if err != nil {
		return out, err
	}
	switch a.Of {
	case "updated":
		raw, err := read[map[string]any](ctx, t, "getAnalyticsLastUpdated", nil)
		out.Summary = map[string]any{}
		for name, v := range raw {
			if strings.HasPrefix(name, "doc") {
				out.Summary[snake(name)] = v
			}
		}
		return out, err
	case "summary":
		if err := t.find.WholeAccount(ctx, "the summary of all documents"); err != nil {
			return out, err
		}
		raw, err := read[map[string]any](ctx, t, "listDocAnalyticsSummary", dates)
		out.Summary = map[string]any{"total_sessions": raw["totalSessions"]}
		return out, err
	}
	operation, args, err := t.analyticsOf(ctx, a, &out)
	if err != nil {
		return out, err
	}
	for name, v := range dates {
		args[name] = v
	}
	page, err := coda.Listed(read[coda.Page[counted]](ctx, t, operation, some(args, "pageToken", a.Cursor)))
	if err != nil {
		return out, find.BadCursor(err, a.Cursor)
	}
	out.Items, out.NextCursor = []map[string]any{}, page.NextPageToken
	for _, c := range page.Items {
		// A cursor of an earlier, wider question brings its documents along.
		if c.Doc == nil || t.find.Allows(ctx, c.Doc.ID) {
			out.Items = append(out.Items, c.rows()...)
		}
	}
	return out, nil
}

// days are the first and the last day that are counted, as Coda wants them.
func (t *Tools) days(a getAnalyticsArgs) (coda.Args, error) {
	days, args := map[string]string{}, coda.Args{}
	for _, given := range [][2]string{{"since", a.Since}, {"until", a.Until}} {
		at, err := fault.MomentOf(given[1], t.o.Now())
		if err != nil {
			return nil, words.Say("The argument %q must be a day, such as 2026-11-01, today, yesterday, or how long ago, such as 30d, not %s.",
				given[0], words.Quote(given[1]))
		}
		if !at.IsZero() {
			days[given[0]] = at.Format(time.DateOnly)
			args[given[0]+"Date"] = days[given[0]]
		}
	}
	if until := days["until"]; until != "" && days["since"] > until {
		return nil, words.Say("Nothing can be counted: since (%s) is after until (%s).", days["since"], until)
	}
	return args, nil
}

// analyticsOf chooses the operation and opens the document.
func (t *Tools) analyticsOf(ctx context.Context, a getAnalyticsArgs, out *getAnalyticsResult) (string, coda.Args, error) {
	args := coda.Args{"limit": cmp.Or(a.Limit, 50)}
	if a.Of == "pages" && a.Document == "" {
		return "", nil, words.Say("The argument \"document\" is missing: pages are counted for one document.")
	}
	var ids []string
	if a.Document != "" {
		doc, err := t.find.Doc(ctx, a.Document)
		if err != nil {
			return "", nil, err
		}
		out.Document = docRef(doc)
		ids = []string{doc.ID}
	} else {
		var err error
		ids, err = t.find.Within(ctx)
		if err != nil {
			return "", nil, err
		}
	}
	if a.Of == "pages" {
		args["docId"] = ids[0]
		return "listPageAnalytics", args, nil
	}
	args["scale"] = "cumulative"
	if a.Daily {
		args["scale"] = "daily"
	}
	return "listDocAnalytics", some(args, "docIds", ids), nil
}

// rows flattens the days of one thing, without the zeros.
func (c counted) rows() []map[string]any {
	thing := countedThing{}
	if c.Doc != nil {
		thing = *c.Doc
	} else if c.Page != nil {
		thing = *c.Page
	}
	var out []map[string]any
	for _, m := range c.Metrics {
		row := map[string]any{"id": thing.ID, "name": words.Clip(cmp.Or(thing.Title, thing.Name), 200)}
		for name, v := range m {
			if n, ok := v.(interface{ String() string }); !ok || n.String() != "0" {
				row[snake(name)] = v
			}
		}
		out = append(out, row)
	}
	return out
}

var getAnalyticsTool = declare(tool{
	name:        "coda_get_analytics",
	title:       "Views and sessions",
	description: "Counts views, copies, likes and sessions of documents, or views of a document's pages (Enterprise only); or the sum of all sessions (summary), or up to when is counted (updated). Counts of zero are left out.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"of":{"type":"string","enum":["documents","pages","summary","updated"]},
		"document":{"type":"string","description":"Id, name or link; needed for pages."},
		"since":{"type":"string","description":"Date such as 2026-11-01."},
		"until":{"type":"string"},
		"daily":{"type":"boolean","description":"A row a day instead of a sum."},
		"limit":{"type":"integer","minimum":1,"maximum":200,"description":"Default 50."},
		"cursor":{"type":"string","description":"next_cursor of the answer before."}},
		"required":["of"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"of":{"type":"string"},"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"items":{"type":"array","items":{"type":"object","additionalProperties":true}},"summary":{"type":"object","additionalProperties":true},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["of"],"additionalProperties":false}`,
}, (*Tools).getAnalytics)

type listWorkspaceMembersArgs struct {
	Workspace string `json:"workspace"`
	Activity  bool   `json:"activity"`
	Cursor    string `json:"cursor"`
}

type listWorkspaceMembersResult struct {
	Workspace  string           `json:"workspace"`
	Items      []map[string]any `json:"items"`
	NextCursor string           `json:"next_cursor,omitempty"`
}

func (t *Tools) listWorkspaceMembers(ctx context.Context, a listWorkspaceMembersArgs) (listWorkspaceMembersResult, error) {
	if err := t.find.WholeAccount(ctx, "the workspace"); err != nil {
		return listWorkspaceMembersResult{}, err
	}
	if a.Workspace == "" {
		me, err := t.o.Coda.WhoAmI(ctx)
		if err != nil {
			return listWorkspaceMembersResult{}, err
		}
		a.Workspace = me.Workspace.ID
	}
	operation, args := "listWorkspaceMembers", coda.Args{"workspaceId": a.Workspace}
	if a.Activity {
		operation = "listWorkspaceRoleActivity"
	} else {
		some(args, "pageToken", a.Cursor)
	}
	page, err := read[coda.Page[map[string]any]](ctx, t, operation, args)
	out := listWorkspaceMembersResult{Workspace: a.Workspace, Items: []map[string]any{}, NextCursor: page.NextPageToken}
	for _, m := range page.Items {
		row := map[string]any{}
		for name, v := range m {
			if name != "pictureUrl" {
				row[snake(name)] = v
			}
		}
		out.Items = append(out.Items, row)
	}
	return out, find.BadCursor(err, a.Cursor)
}

var listWorkspaceMembersTool = declare(tool{
	name:        "coda_list_workspace_members",
	title:       "Members of a workspace",
	description: "Lists the members of a workspace with their roles; with activity, how many members of each role were active in each month. For workspace admins.",
	repeatable:  true,
	admin:       true,
	input: `{"type":"object","properties":{
		"workspace":{"type":"string","description":"Workspace id (ws-…); default the owner's."},
		"activity":{"type":"boolean"},
		"cursor":{"type":"string","description":"next_cursor of the answer before."}},
		"additionalProperties":false}`,
	output: `{"type":"object","properties":{"workspace":{"type":"string"},
		"items":{"type":"array","items":{"type":"object","additionalProperties":true}},"next_cursor":{"type":"string"}},
		"required":["workspace","items"],"additionalProperties":false}`,
}, (*Tools).listWorkspaceMembers)
