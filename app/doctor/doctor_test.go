package doctor

import (
	"strings"
	"testing"
)

// TestErrorTextsAreFoundHoweverTheyArePasted: nobody copies a text exactly.
func TestErrorTextsAreFoundHoweverTheyArePasted(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"MCP server https://x.ngrok-free.dev does not implement OAuth":           "no usable sign-in documents",
		"does not implement oauth":                                               "no usable sign-in documents",
		"Error fetching OAuth configuration":                                     "could not be fetched",
		"Dynamic client registration failed: registration endpoint returned 403": "Registration was refused",
		"Error creating connector: Failed to build actions from MCP endpoint":    "the handshake or the list of tools failed",
		"MCP server/discover response was inconsistent":                          "without the protocol version",
		"424 MCP server/discover response was inconsistent.":                     "without the protocol version",
		"MCP SSE probe returned 429":                                             "429 is a rate limit",
		"MCP SSE probe returned application/json":                                "429 is a rate limit",
		"No app actions available":                                               "requests with the token were refused",
		"search action not found":                                                "search and fetch",
		"This MCP Server violates our guidelines":                                "search and fetch",
		`{"detail":"Connector is not safe"}`:                                     "OpenAI's screening",
		"Unsafe URL":                                                             "not a public https address",
		"something went wrong ()":                                                "says nothing by itself",
		"OAuth state not found":                                                  "A fault on ChatGPT's side",
		"client_secret Input should be a valid string":                           "empty secret",
		"invalid_client":                                                         "is not known any more",
		"All tools must be less than 5000 tokens":                                "too long",
		"Your Coda connection has expired. Reconnect":                            "could not be renewed",
		"FORBIDDEN": "ChatGPT refused by itself",
		"403 FORBIDDEN: this conversation does not support developer MCPs.": "pick the plugin with @",
		"old tools":                         "Refresh",
		"my tools are old":                  "Refresh",
		"no developer mode":                 "Security and login",
		"there is no add custom MCP server": "Security and login",
		"connect ChatGPT":                   "Create as a plugin",
		"how do I add Claude?":              "Add custom connector",
		"Couldn't reach the MCP server":     "found no way",
		"no add custom connector":           "A free plan of Claude",
		"the tools in Claude are old":       "Disconnect, then Connect",
		"334":                               "Another program already serves this address",
		"ERR_NGROK_105":                     "did not accept the authtoken",
		"failed to start: authentication failed: err_ngrok_108 too many, go away":    "as many agents",
		"The endpoint calm-otter-7.ngrok-free.dev is offline.\r\n\r\nERR_NGROK_3200": "Nothing serves this address",
	} {
		lines, ok := Explain(asked)
		if !ok || !strings.Contains(strings.Join(lines, "\n"), want) {
			t.Errorf("%q: %t %q, want %q", asked, ok, lines, want)
		}
	}
	for _, asked := range []string{"", "my cat sat on the keyboard", "the server is not found", "ERR_NGROK_99999"} {
		if lines, ok := Explain(asked); ok {
			t.Errorf("%q was explained: %q", asked, lines)
		}
	}
}

func TestEverySayingSaysHowSureItIs(t *testing.T) {
	t.Parallel()
	for _, s := range sayings {
		switch s.sure {
		case "high", "medium", "low", "none":
		default:
			t.Errorf("%q: confidence %q", s.text, s.sure)
		}
		for name := range strings.SplitSeq(s.look, ", ") {
			if strings.Contains(name, "/list") || strings.Contains(name, "/discover") {
				if first, _, _ := strings.Cut(name, ";"); !isCheck(first) {
					t.Errorf("%q sends people to %q, which is no line of the doctor", s.text, first)
				}
			}
		}
	}
}

func isCheck(name string) bool {
	for _, c := range table {
		if c.name == name {
			return true
		}
	}
	return false
}

// TestTheTableStandsInOrder: a check that needs a later one would never run.
func TestTheTableStandsInOrder(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range table {
		for need := range strings.SplitSeq(c.needs, ",") {
			if need != "" && !seen[need] {
				t.Errorf("%s needs %s, which comes later or never", c.name, need)
			}
		}
		if seen[c.name] || seen["label "+c.label] || len(c.label) >= nameWidth {
			t.Errorf("%s stands twice, or %q does or is too long for its column", c.name, c.label)
		}
		if strings.ContainsAny(c.label, "/_0123456789") || strings.Contains(c.label, "token") && c.label != "Coda token" {
			t.Errorf("%q is no owner's word", c.label)
		}
		seen[c.name], seen["label "+c.label] = true, true
	}
}

func TestLinesAreColouredOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	c := Check{Name: "clock", Label: "clock", Status: Failed, Means: strings.Repeat("it is off ", 20), Next: "Set it."}
	if plain := c.Line(false); strings.Contains(plain, "\x1b") || !strings.Contains(plain, "Next: Set it.") {
		t.Errorf("%q", plain)
	}
	for line := range strings.Lines(c.Line(false)) {
		if len(line) > pageWidth+1 {
			t.Errorf("%d wide: %q", len(line), line)
		}
	}
	c.Next = strings.Repeat("x ", 30) + `run: codabridge login coda --data-dir "/a folder/b"`
	if !strings.Contains(c.Line(false), `codabridge login coda --data-dir "/a folder/b"`) {
		t.Errorf("a command is broken: %q", c.Line(false))
	}
	if !strings.Contains(c.Line(true), "\x1b[31mfailed") {
		t.Errorf("%q", c.Line(true))
	}
}
