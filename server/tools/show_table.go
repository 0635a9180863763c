package tools

import (
	"context"
	"encoding/json"
	"io/fs"

	"codabridge/assets"
	"codabridge/server/tools/words"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// MCP Apps (extension io.modelcontextprotocol/ui, 2026-01-26): a host that can
// shows the answer of one tool with a page of ours. A change of the page that
// older answers do not fit takes a new address.
const (
	uiExtension = "io.modelcontextprotocol/ui"
	viewType    = "text/html;profile=mcp-app"
	tableView   = "ui://codabridge/table-v1.html"
)

// withViews tells hosts that there are pages for them.
func withViews() server.ServerOption {
	return server.WithExtensions(map[string]any{uiExtension: map[string]any{"mimeTypes": []string{viewType}}})
}

// addView offers the page. It is the same for everybody and holds no data: the
// host hands it what the tool answered.
func (t *Tools) addView() {
	page := mcp.NewResource(tableView, "table view", mcp.WithResourceDescription("The page that shows a table in the chat."), mcp.WithMIMEType(viewType))
	t.mcp.AddResource(page, func(context.Context, mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		html, err := fs.ReadFile(assets.Files, "views/table.html")
		if err != nil {
			return nil, err
		}
		return []mcp.ResourceContents{mcp.TextResourceContents{URI: tableView, MIMEType: viewType, Text: string(html), Meta: map[string]any{
			"ui": map[string]any{"prefersBorder": false, "csp": map[string]any{"connectDomains": []string{}, "resourceDomains": []string{}}}}}}, nil
	})
}

// viewMeta is what a tool says of its page, in the form of the extension and in
// the flat one of older hosts.
func viewMeta(meta map[string]any, view string) map[string]any {
	if view != "" {
		meta["ui"] = map[string]any{"resourceUri": view, "visibility": []string{"model", "app"}}
		meta["ui/resourceUri"] = view
	}
	return meta
}

type showTableResult struct {
	listRowsResult
	Link string `json:"link,omitempty"`
}

// AppendAnswer writes the answer as JSON.
func (r showTableResult) AppendAnswer(to []byte) ([]byte, error) {
	rows := r.Rows
	r.Rows = []json.RawMessage{}
	return words.AppendWithRows(to, r, rows)
}

// showTable reads rows as coda_list_rows does, for the eyes of a person.
func (t *Tools) showTable(ctx context.Context, a listRowsArgs) (showTableResult, error) {
	if a.Limit == 0 && a.Cursor == "" {
		a.Limit = 50
	}
	a.plain = true
	rows, err := t.listRows(ctx, a)
	if err != nil {
		return showTableResult{}, err
	}
	out := showTableResult{listRowsResult: rows}
	table, err := t.find.TableByID(ctx, rows.Document.ID, rows.Table.ID, 0)
	if err == nil {
		out.Link = table.BrowserLink // without it the page has no button
	}
	return out, nil
}

var showTableTool = declare(tool{
	name:        "coda_show_table",
	title:       "Show a table in the chat",
	description: "Shows rows of a table to the person, as a table in the chat where the app can, else as text. Use it when they ask to see a table; read rows for yourself with coda_list_rows. filter, columns and cursor are the same there.",
	repeatable:  true,
	structured:  true,
	view:        tableView,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string","description":"Id, name or link."},
		"filter":{"type":"object","properties":{"column":{"type":"string"},"is":{"type":"string"},"equals":{"type":"string"}},"additionalProperties":false},
		"columns":{"type":"array","items":{"type":"string"}},
		"limit":{"type":"integer"},
		"cursor":{"type":"string"}},
		"required":["table"],"additionalProperties":false}`,
	takes: `{"properties":{"limit":{"minimum":1,"maximum":200},"filter":{"required":["column"],"properties":{"equals":{"type":null},"value":{}}}}}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"columns":{"type":"array","items":{"type":"string"}},
		"rows":{"type":"array","items":{"type":"array","items":{}}},
		"same":{"type":"object","additionalProperties":true},"empty":{"type":"array","items":{"type":"string"}},"units":{"type":"object","additionalProperties":{"type":"string"}},
		"sorted":{"type":"string"},"next_cursor":{"type":"string"},"stale":{"type":"boolean"},"note":{"type":"string"},"link":{"type":"string"}},
		"required":["document","table","columns","rows"],"additionalProperties":false}`,
}, (*Tools).showTable)
