package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// policyIs waits until the one connection may do this.
func policyIs(p *program, policy string, limited bool) app.ConnectionState {
	p.t.Helper()
	return p.await("the policy "+policy, func(s app.State) bool {
		return len(s.Connections) == 1 && s.Connections[0].Policy == policy && (s.Connections[0].WriteUntil != nil) == limited
	}).Connections[0]
}

// TestTheOwnerDecidesWhatAConnectionMayDo on the page by the keyboard alone: what
// it may change, for a while too, and which docs it sees. All acts at once.
func TestTheOwnerDecidesWhatAConnectionMayDo(t *testing.T) {
	t.Parallel()
	w := hostileDocs(t)
	p, s := serving(t, w)
	chat := p.local(s.LocalURL)
	page := openBrowser(t, w.edge, 1200, 900)
	page.open(p.link("connections"))
	page.see("read and write")
	chooser, set := `select[aria-label*="A tool"]`, `button[aria-label^="Set what"][aria-label*="A tool"]`
	choose := func(typed string) {
		t.Helper()
		page.tabTo(chooser)
		page.keys(typed)
		page.tabTo(set)
		page.keys("\r")
	}
	top := func() { page.eval(`document.getElementById("title-connections").focus(); ""`) }
	top()
	choose("May o")
	policyIs(p, "read", false)
	page.says("#s-connections", func(s string) bool { return strings.Contains(s, "read only") })
	if chat.sees("coda_create_rows") {
		t.Error("it may write still")
	}
	top()
	choose("Asks")
	policyIs(p, "ask", false)
	page.says("#s-connections", func(s string) bool { return strings.Contains(s, "what you say yes to") }) // or what is typed now would follow on "Asks"
	top()
	choose("May write for 3")
	until := policyIs(p, "ask", true).WriteUntil.Local().Format("15:04")
	page.says("#s-connections", func(s string) bool { return strings.Contains(s, "until "+until) })
	if !recorded(chat.said) {
		t.Error("it may not write for a while")
	}
	page.shot("policy")

	// The docs, by the keyboard alone.
	page.tabTo(`button[aria-label^="Docs that"][aria-label*="A tool"]`)
	page.keys("\r")
	page.says("#docs-count", func(s string) bool { return strings.Contains(s, "2 docs") })
	page.unhurt()
	page.shot("docs")
	page.axe("the choice of docs")
	page.tabTo("#docs-filter")
	page.keys("a", "l", "p", "h", "\r")
	page.says("#docs-count", func(s string) bool { return s == "1 chosen, 1 of 2 docs shown" })
	page.tabTo("#docs-save")
	page.keys("\r")
	page.see("may see only Alpha")
	if !onlyReads(chat.said, alpha, beta) {
		t.Error("it reads more than was chosen")
	}
	page.says("#s-connections", func(s string) bool { return strings.Contains(s, "Sees only Alpha") })
	page.press(`button[aria-label^="Docs that"][aria-label*="A tool"]`)
	page.says("#docs-count", func(s string) bool { return strings.HasPrefix(s, "1 chosen") })
	page.press("#docs-list label:nth-of-type(2) input")
	page.press("#docs-list label:nth-of-type(1) input")
	page.eval(`for (const b of document.querySelectorAll("#docs-list input:checked")) b.click(); ""`)
	page.press("#docs-save")
	page.see("Choose at least one doc")
	page.press("#docs-all")
	page.press("#docs-save")
	page.see("all docs that codabridge may")
	if !strings.Contains(chat.said("coda_list_documents", map[string]any{}), beta) {
		t.Error("it does not read all again")
	}

	// Programs over stdio, of which none runs just now.
	page.press(`button[aria-label^="Docs that every program"]`)
	page.says("#docs-count", func(s string) bool { return strings.Contains(s, "2 docs") })
	page.eval(`document.querySelector('#docs-list input[value="` + beta + `"]').click(); ""`)
	page.press("#docs-save")
	p.await("the choice for stdio", func(s app.State) bool { return len(s.ThisComputerSees.Documents) == 1 })
	pipe := startStdio(p)
	if list := pipe.said("coda_list_documents", map[string]any{}); strings.Contains(list, alpha) || !strings.Contains(list, beta) {
		t.Errorf("over stdio: %s", list)
	}
	page.says("#s-connections", func(s string) bool { return strings.Contains(s, "process ") })
	page.unhurt()
	page.look(1200, "dark")
	page.shot("connections-dark")
	page.axe("the connections in the dark")
	pipe.end()
	narrow := openBrowser(t, w.edge, 320, 640)
	narrow.open(p.link("connections"))
	narrow.see("Sees only")
	narrow.fits("the connections")
	narrow.press(`button[aria-label^="Docs that"]`)
	narrow.says("#docs-count", func(s string) bool { return strings.Contains(s, "2 docs") })
	narrow.fits("the choice of docs")
	narrow.shot("docs-narrow")
	narrow.axe("the narrow choice of docs")
	narrow.unhurt()
}

// TestASignInIsApprovedToAsk on the page: the third way is in force from the first
// call on.
func TestASignInIsApprovedToAsk(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	page := openBrowser(t, w.edge, 900, 900)
	chat.connect(func(code string) {
		page.open(p.link("approve"))
		page.enter("#code-entry", code)
		page.see("Say yes only if")
		page.wait("the buttons are open", disabledIn("#decide"), func(s string) bool { return s == "0" })
		page.shot("approve-three")
		page.tabTo("#allow-ask button")
		page.keys("\r")
		page.see("It asks you before each change")
	})
	policyIs(p, "ask", false)
	out := make(chan string, 1)
	go func() { out <- chat.said("coda_create_rows", oneRow) }()
	p.await("a change that waits", func(s app.State) bool { return s.Changes.Waiting == 1 })
	page.view("changes")
	page.see("Waits for your yes")
	page.says("#pending-list .primary", func(s string) bool { return s == "Yes, once" })
	page.settled("#pending-list")
	page.press("#pending-list .primary")
	if said := <-out; !strings.Contains(said, "ch-") || w.coda.Count("upsertRows") != 1 {
		t.Errorf("after the yes: %s", said)
	}
}

// TestTheOwnerChoosesWhatAlwaysAsks in the settings, by the keyboard.
func TestTheOwnerChoosesWhatAlwaysAsks(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w)
	page := openBrowser(t, w.edge, 1000, 900)
	page.open(p.link("settings"))
	page.see("Always ask me")
	box := `input[name="kind"][value="deletes"]`
	page.tabTo(box)
	page.keys(" ")
	page.tabTo(`form[data-post="/changes/ask-always"] button`)
	page.keys("\r")
	page.see("You are always asked before")
	on := func(s app.State) bool {
		for _, k := range s.Changes.AskAlways {
			if k.Name == "deletes" {
				return k.On
			}
		}
		return false
	}
	p.await("deletes ask always", on)
	page.wait("the box as it is now", chromedp.Evaluate[string](`String(document.querySelector('`+box+`').defaultChecked)`), func(s string) bool { return s == "true" })
	page.shot("ask-always")
	page.look(320, "dark")
	page.fits("the settings")
	page.eval(`document.querySelector('` + box + `').click(); ""`)
	page.press(`form[data-post="/changes/ask-always"] button`)
	p.await("deletes ask no more", func(s app.State) bool { return !on(s) })
}
