package doctor

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"codabridge/tunnel"
)

// saying is an error text of ChatGPT or Claude, what it most likely means and what to
// look at. Sure is how far the field's reports agree: high, medium, low or
// none. No vendor documents these texts.
type saying struct{ text, means, look, sure string }

// guides are the steps that connect an assistant, in its maker's words of today,
// as they stand on the page and in README too.
var guides = []struct {
	name  string // of the assistant
	steps []string
}{
	{"ChatGPT", []string{
		"In ChatGPT open Settings, Security and login, and turn on Developer mode.",
		"Open https://chatgpt.com/plugins, press +, choose Add custom MCP server. Give it a name, paste the public URL as Server URL, " +
			"leave authentication at OAuth, tick I understand and want to continue, press Create as a plugin.",
		stepCode,
		"At https://chatgpt.com/plugins?view=personal press + beside it to install it, and set its permission to Ask before making changes.",
		"Start a new chat, type @ and the name you gave it, and ask about your docs.",
	}},
	{"Claude", []string{
		"In Claude open Settings, Connectors (in some versions Customize, Connectors), and press Add custom connector.",
		"Give it a name, paste the public URL, press Add, then Connect beside it.",
		stepCode,
		"In a new chat press +, Connectors, turn it on, and ask about your docs.",
	}},
}

const stepCode = "If ngrok shows a page first, press Visit Site. Then a tab shows a code of six characters: press Approve on this computer there."

// guide gives the steps for a text that names an assistant and little else, such
// as "connect Claude".
func guide(text string) (lines []string) {
	words := telling(text)
	for _, g := range guides {
		name := strings.ToLower(g.name)
		rest := len(words)
		for w := range words {
			if w == name || asking[w] {
				rest--
			}
		}
		if !words[name] || rest > 0 {
			continue
		}
		lines = append(lines, "How to connect "+g.name+":")
		for i, step := range g.steps {
			lines = append(lines, fmt.Sprintf("%d. %s", i+1, step))
		}
	}
	return lines
}

// asking are words of people who want to know how.
var asking = map[string]bool{"connect": true, "add": true, "how": true, "steps": true, "install": true, "set": true, "up": true, "setup": true,
	"do": true, "connector": true, "with": true, "plugin": true}

var sayings = []saying{
	{"MCP server does not implement OAuth", "ChatGPT found no usable sign-in documents: they are missing somewhere it looks, name another issuer, or a proxy answers /.well-known/ itself.", "discovery, 401 challenge", "medium"},
	{"Error fetching OAuth configuration", "The sign-in document could not be fetched, lacks S256, or registration was refused. A localhost or http address does this too.", "discovery, registration", "medium"},
	{"Dynamic client registration failed: registration endpoint returned", "Registration was refused, or the MCP address answered 403 because of an Origin header.", "registration; codabridge logs shows every refusal with its origin", "high"},
	{"Failed to build actions from MCP endpoint. Error creating connector", "ChatGPT was connected, but the handshake or the list of tools failed: an error status, an HTML page, a wrong path.", "server/discover, initialize, tools/list", "medium"},
	{"MCP server/discover response was inconsistent (424)", "The first request was answered without the protocol version that was asked for.", "server/discover; a proxy or an old codabridge answers", "high"},
	{"MCP SSE probe returned 404 / 405 / 429 / application/json", "A first request had failed, so ChatGPT tried the older way; what it returned is the answer to that second try, and 429 is a rate limit.", "address, server/discover; is the tunnel up?", "high"},
	{"No app actions available", "After the sign-in, requests with the token were refused, or the ChatGPT plan has no custom MCP servers.", "server/discover, tools/list; then the plan", "medium"},
	{"search action not found. This MCP Server violates our guidelines", "An older check of ChatGPT misses the tools search and fetch.", "tools/list", "medium"},
	{"Connector is not safe", "OpenAI's screening of the address or of tool texts. Nothing in codabridge is wrong; it was mended on their side before.", "the address holds no key or secret; try again later", "medium"},
	{"Unsafe URL", "The address is not a public https address: localhost or http was entered.", "enter the public URL", "low"},
	{"Something went wrong", "This says nothing by itself.", "all lines of codabridge doctor --public, and codabridge logs", "none"},
	{"OAuth state not found", "A fault on ChatGPT's side; codabridge was not asked.", "try again; if it stays, remove the connection and create it anew", "high"},
	{"client_secret Input should be a valid string", "The registration answered with an empty secret. codabridge does not do that; something else answers.", "address, registration", "high"},
	{"invalid_client", "The client that ChatGPT registered is not known any more: the data folder was lost or is another one.", "data folder, database; remove the connection in ChatGPT and create it again", "high"},
	{"FORBIDDEN: This conversation does not support developer MCPs", "ChatGPT refused by itself; codabridge was not asked.",
		"a new, plain text chat (not an old one, not one in a project), and pick the plugin with @; else Developer mode off and on, then Refresh", "high"},
	{"The tools are old: new or changed tools do not show in the tool list", "ChatGPT keeps the list of tools that it saw.",
		"Settings, Plugins, Refresh, then a new chat", "high"},
	{"Couldn't reach the MCP server", "Claude found no way to codabridge. It asks from the internet, also for Claude Desktop.",
		"is the icon green? the public URL, never localhost; then Disconnect and Connect in Claude's Settings, Connectors", "medium"},
	{"The tools of Claude are old: new tools do not show in its connector", "Claude keeps the list of tools that it saw.",
		"in Claude Settings, Connectors: Disconnect, then Connect, then a new chat", "medium"},
	{"There is no Add custom connector in Claude", "A free plan of Claude has one custom connector; in a team its owner adds it first.",
		"remove the other connector, or ask the owner of the team", "medium"},
	{"There is no + and no Add custom MCP server, no Developer mode", "Developer mode is off, or the ChatGPT plan or workspace has no custom MCP servers.",
		"Settings, Security and login, Developer mode; then the plan", "high"},
	{"All tools (including name, description, and input schema) must be less than 5000 tokens", "The list of tools is too long.", "tools/list", "high"},
	{"Your connection has expired. Reconnect", "The connection could not be renewed: it was revoked, not used for 90 days, or the computer was off when it should have been.", "refresh; then Reconnect in ChatGPT and approve again", "medium"},
}

var ngrokCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)ERR_NGROK_(\d+)|^\s*(\d{3,5})\s*$`) })

// Explain says what a code of ngrok or an error text of ChatGPT or Claude means,
// or gives the steps that connect one of them. The
// text need not be exact. ok is false when nothing like it is known; lines may
// then say where else to look.
func Explain(text string) (lines []string, ok bool) {
	if m := ngrokCode().FindStringSubmatch(text); m != nil {
		return explainNgrok(m[1], m[2])
	}
	if lines := guide(text); lines != nil {
		return lines, true
	}
	best, most := saying{}, 0.0
	for _, s := range sayings {
		if n := likeness(text, s.text); n > most {
			best, most = s, n
		}
	}
	if most < 0.6 {
		return nil, false
	}
	return []string{
		fmt.Sprintf("%q", best.text),
		"Most likely: " + best.means,
		"Look at: " + best.look,
		"Confidence: " + best.sure + " (from reports; the makers document no such texts).",
	}, true
}

// explainNgrok takes a code, or a number alone that may be one.
func explainNgrok(code, number string) (lines []string, ok bool) {
	sentence, link, known := tunnel.Explain(code + number)
	switch {
	case known:
		return []string{"ERR_NGROK_" + code + number + ": " + sentence, "More: " + link}, true
	case code != "":
		return []string{"codabridge does not know ERR_NGROK_" + code + ". ngrok says what it means: " + link}, false
	}
	return []string{"codabridge knows no code of ngrok with the number " + number + ". If it stood in a message, give the whole message."}, false
}

// likeness is how much of the shorter of two texts stands in the other, by
// words that say something.
func likeness(asked, known string) float64 {
	a, k := telling(asked), telling(known)
	both := 0.0
	for w := range k {
		if a[w] {
			both++
		}
	}
	shorter := min(len(a), len(k))
	if shorter == 0 || (both < 2 && shorter > 1) {
		return 0
	}
	// A tie goes to the text that is covered further.
	return both/float64(shorter) + both/float64(len(k))/100
}

// common words stand in too many texts to tell them apart.
var common = map[string]bool{"the": true, "a": true, "of": true, "to": true, "is": true, "be": true, "this": true,
	"your": true, "our": true, "from": true, "and": true, "or": true, "error": true, "failed": true, "mcp": true, "server": true, "returned": true, "not": true, "found": true}

func telling(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '_' }) {
		if !common[w] && len(w) > 1 {
			words[w] = true
		}
	}
	return words
}
