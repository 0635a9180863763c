package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"codabridge/server/coda"
)

// modern is the protocol that ChatGPT speaks first, legacy what it falls back
// to.
const (
	modern = "2026-07-28"
	legacy = "2025-11-25"
)

// post sends one MCP request as ChatGPT does; id is of the JSON-RPC message.
func (v *visit) post(ctx context.Context, method string, params map[string]any, id string) (answer, error) {
	if params == nil {
		params = map[string]any{}
	}
	headers := []string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream", "Authorization", "Bearer " + v.login.access}
	if method != "initialize" {
		params["_meta"] = map[string]any{
			"io.modelcontextprotocol/protocolVersion":    modern,
			"io.modelcontextprotocol/clientInfo":         map[string]any{"name": "codabridge-doctor", "version": "1.0.0"},
			"io.modelcontextprotocol/clientCapabilities": map[string]any{},
		}
		headers = append(headers, "MCP-Protocol-Version", modern, "Mcp-Method", method)
		if name, ok := params["name"].(string); ok {
			headers = append(headers, "Mcp-Name", name)
		}
	}
	b, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		return answer{}, err
	}
	return v.wire.do(ctx, http.MethodPost, "/mcp", string(b), headers...)
}

// ask sends one MCP request and decodes its result.
func (v *visit) ask(ctx context.Context, method string, params map[string]any, into any) finding {
	id := "openai-mcp-" + strings.TrimPrefix(method, "server/")
	a, err := v.post(ctx, method, params, id)
	if err == nil && a.status == http.StatusUnauthorized {
		return failed("Let the proxy pass the Authorization header on.", "The token that was just given is refused: something in front may drop the Authorization header.")
	}
	if _, data, ok := strings.Cut(string(a.body), "data: "); ok && a.media() == "text/event-stream" {
		line, _, _ := strings.Cut(data, "\n")
		a.body, a.header = []byte(line), http.Header{"Content-Type": {"application/json"}}
	}
	var m struct {
		ID     any
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	switch {
	case err != nil || !a.json(http.StatusOK, &m):
		return v.strange(a, err, "an answer to "+method)
	case m.Error != nil:
		return failed("", "%s: %s", method, m.Error.Message)
	case m.ID != id:
		return failed("", "%s was answered under another id.", method)
	case json.Unmarshal(m.Result, into) != nil:
		return failed("", "%s was answered by something of another shape.", method)
	}
	return none
}

func (v *visit) serverDiscover(ctx context.Context) finding {
	var r struct {
		Versions []string `json:"supportedVersions"`
		Type     string   `json:"resultType"`
	}
	if f := v.ask(ctx, "server/discover", nil, &r); f.status != "" {
		return f
	}
	if !slices.Contains(r.Versions, modern) || r.Type != "complete" {
		return failed("", "The answer lists %v, not %s: ChatGPT would say \"server/discover response was inconsistent\".", r.Versions, modern)
	}
	return ok("ChatGPT's first request is answered, with protocol %s.", modern)
}

func (v *visit) initialize(ctx context.Context) finding {
	var r struct {
		Version string `json:"protocolVersion"`
	}
	f := v.ask(ctx, "initialize", map[string]any{"protocolVersion": legacy, "capabilities": map[string]any{}, "clientInfo": map[string]any{"name": "codabridge-doctor", "version": "1.0.0"}}, &r)
	if f.status != "" {
		return f
	}
	if r.Version != legacy {
		return failed("", "Protocol %s was asked for and %q was answered.", legacy, r.Version)
	}
	return ok("Older clients are answered too, with protocol %s.", legacy)
}

// mostTools is the size of all tools together that ChatGPT surely takes.
const mostTools = 20_000

func (v *visit) toolsList(ctx context.Context) finding {
	var r struct{ Tools []json.RawMessage }
	if f := v.ask(ctx, "tools/list", nil, &r); f.status != "" {
		return f
	}
	size, names := 0, map[string]bool{}
	for _, t := range r.Tools {
		var one struct{ Name string }
		_ = json.Unmarshal(t, &one)
		names[one.Name], size = true, size+len(t)
	}
	switch {
	case !names["search"] || !names["fetch"]:
		return failed("", "The list has %d tools, but not search and fetch.", len(r.Tools))
	case size > mostTools:
		return warn("Offer fewer: the core tools, or a choice of your own on the owner's page.", "%d tools take %d bytes. Over %d, assistants choose worse and ChatGPT may leave tools out.", len(r.Tools), size, mostTools)
	}
	return ok("%d tools in %d bytes, within ChatGPT's limit.", len(r.Tools), size)
}

// toolResult is the answer to tools/call.
type toolResult struct {
	IsError    bool            `json:"isError"`
	Structured json.RawMessage `json:"structuredContent"`
	Content    []struct{ Type, Text string }
}

// call uses a tool; its answer must be JSON as text, and the same as data where
// there is any: of search and fetch ChatGPT wants both.
func (v *visit) call(ctx context.Context, tool string, args map[string]any, into any) finding {
	var r toolResult
	if f := v.ask(ctx, "tools/call", map[string]any{"name": tool, "arguments": args}, &r); f.status != "" {
		return f
	}
	if r.IsError {
		text := "it gives no reason"
		if len(r.Content) > 0 {
			text = r.Content[0].Text
		}
		return failed("Do what the sentence says. Coda may be in trouble; try again in a few minutes.", "The tool %s failed: %s", tool, text)
	}
	var a, b any
	if len(r.Content) != 1 || json.Unmarshal([]byte(r.Content[0].Text), &a) != nil {
		return failed("", "The tool %s does not answer in JSON.", tool)
	}
	both := tool == "search" || tool == "fetch"
	if (both || len(r.Structured) > 0) && (json.Unmarshal(r.Structured, &b) != nil || !reflect.DeepEqual(a, b)) {
		return failed("", "The tool %s does not give the same answer as text and as data.", tool)
	}
	if err := json.Unmarshal([]byte(r.Content[0].Text), into); err != nil {
		return failed("", "The tool %s answered something of another shape.", tool)
	}
	return none
}

// search looks for the name of a document that is there. Names are not shown:
// these lines may be pasted elsewhere.
func (v *visit) search(ctx context.Context) finding {
	if v.account != nil && v.account.Restriction == coda.RestrictObject {
		return skip("The token reaches one document only, so there is nothing to search by name. Give ChatGPT the link of that document.")
	}
	var list struct{ Documents []struct{ Name string } }
	if f := v.call(ctx, "coda_list_documents", map[string]any{}, &list); f.status != "" {
		return f
	}
	if len(list.Documents) == 0 {
		return finding{status: OK, means: "The account has no documents yet, so there is nothing to find.", stop: true}
	}
	var found struct {
		Results []struct{ ID, Title, URL string }
	}
	if f := v.call(ctx, "search", map[string]any{"query": list.Documents[0].Name}, &found); f.status != "" {
		return f
	}
	if len(found.Results) == 0 {
		return failed("", "There are documents, but search does not find the first of them by its name.")
	}
	v.listed = found.Results[0].ID
	for _, r := range found.Results {
		if u, err := url.Parse(r.URL); r.ID == "" || r.Title == "" || err != nil || u.Host == "" {
			return failed("", "A result of search lacks its id, title or link, and ChatGPT cannot cite it.")
		}
	}
	return ok("A document was found by its name (%s).", plural(len(found.Results), "result"))
}

func (v *visit) fetch(ctx context.Context) finding {
	var doc struct{ ID, Title, Text, URL string }
	if f := v.call(ctx, "fetch", map[string]any{"id": v.listed}, &doc); f.status != "" {
		return f
	}
	if doc.Title == "" || doc.URL == "" || doc.Text == "" {
		return failed("", "What was fetched lacks its title, text or link.")
	}
	return ok("It could be read: %s.", plural(len(doc.Text), "byte"))
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
