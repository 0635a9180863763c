package tools_test

import (
	"encoding/json"
	"strings"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/tools"
)

func (r *harness) instructions(modern bool) string {
	r.Helper()
	body, header := object{"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": object{"protocolVersion": "2025-06-18", "capabilities": object{}, "clientInfo": object{"name": "t", "version": "1"}}}, map[string]string{}
	if modern {
		meta := object{"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientInfo": object{"name": "t", "version": "1"}, "io.modelcontextprotocol/clientCapabilities": object{}}
		body = object{"jsonrpc": "2.0", "id": 3, "method": "server/discover", "params": object{"_meta": meta}}
		header = map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "server/discover"}
	}
	_, b, err := r.post(r.Context(), body, header)
	var m struct{ Result struct{ Instructions string } }
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || m.Result.Instructions == "" {
		r.Fatalf("%v: %s", err, b)
	}
	return m.Result.Instructions
}

// TestInstructionsAreMadeOfTheToolsInForce: what cannot be done, how the owner
// can allow it, and for whom the model acts.
func TestInstructionsAreMadeOfTheToolsInForce(t *testing.T) {
	t.Parallel()
	set, readOnly := tools.Toolset{}, false
	r := newHarness(t, func(s *settings) {
		s.tools.Toolset = func() tools.Toolset { return set }
		s.tools.ReadOnly = func() bool { return readOnly }
		s.tools.AskAlways = func() []string { return []string{"delete-docs", "sharing", "publishing"} }
		s.tools.Account = func() string { return "Robin Vale (robin@fernhill.example)" }
	})
	for _, c := range []struct {
		what     string
		set      tools.Toolset
		readOnly bool
		reach    caller.Reach
		say, not []string
	}{
		{"core", tools.Toolset{}, false, caller.Reach{Write: true}, []string{"Robin Vale (robin@fernhill.example)", "Not offered here: ", "delete pages", "push buttons", "share", "--toolset full"},
			[]string{"delete rows", "change or remove text", "Nothing can be written", "allows only some", "owner's yes"}},
		{"full", tools.Toolset{Name: tools.FullTools}, false, caller.Reach{Write: true},
			[]string{"Robin Vale", "Search, read and edit", "\nDeleting a document, sharing and publishing always wait for the owner's yes: tell the user. When"}, []string{"Not offered"}},
		{"custom", tools.Toolset{Name: tools.CustomTools, Tools: []string{"coda_get_page"}}, false, caller.Reach{Write: true},
			[]string{"Read the Coda documents", "read rows", "add rows", "search"}, []string{"Begin with", "edit the", "Write cells", "owner's yes"}},
		{"pages only", tools.Toolset{Name: tools.CustomTools, Tools: []string{"search", "coda_append_to_page", "coda_share_document"}}, false, caller.Reach{Write: true},
			[]string{"Search, read and edit", "\nSharing always waits for"}, []string{"Write cells", "deleting a document"}},
		{"Read-only", tools.Toolset{}, true, caller.Reach{Write: true}, []string{"Nothing can be written here", "Read-only", "menu or on its page", "Search and read the"}, []string{"push buttons", "Write cells", "edit the"}},
		{"a reader", tools.Toolset{}, false, caller.Reach{}, []string{"Nothing can be written here", "codabridge allow"}, []string{"Write cells"}},
		{"one document", tools.Toolset{}, false, caller.Reach{Write: true, Documents: []string{planDoc}}, []string{"only some documents"}, nil},
	} {
		set, readOnly = c.set, c.readOnly
		r.asCaller(caller.Caller{ID: "grant-1", Reach: c.reach})
		for _, modern := range []bool{false, true} {
			said := r.instructions(modern)
			for _, w := range c.say {
				if !strings.Contains(said, w) {
					t.Errorf("%s: does not say %q:\n%s", c.what, w, said)
				}
			}
			for _, w := range c.not {
				if strings.Contains(said, w) {
					t.Errorf("%s: says %q:\n%s", c.what, w, said)
				}
			}
			if len(said) > 2500 {
				t.Errorf("%s: %d bytes", c.what, len(said))
			}
		}
	}
}
