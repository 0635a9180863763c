package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/control"
	"codabridge/app/desktop/desktest"
	"codabridge/app/notices"
	"codabridge/server/coda/codatest"
)

// told is a program on a desktop that shows notifications, and what has reached it.
func told(t *testing.T, w *harness, env ...string) (p *program, notes *desktest.Notifications, browser *desktest.Stub) {
	t.Helper()
	bus := desktest.StartBus(t)
	desktest.StartWatcher(t, bus)
	notes = desktest.StartNotifications(t, bus, "body", "actions")
	p, browser = trayProgram(t, bus, append(append(w.secrets(), "CODABRIDGE_TUNNEL=none"), env...)...)
	p.start()
	p.awaitPhase(app.PhaseLocal)
	return p, notes, browser
}

// knock has a client of this computer ask for a sign-in.
func knock(t *testing.T, local string) *assistant {
	t.Helper()
	chat := newAssistant(t, &http.Client{}, local+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, local)
	chat.discover()
	chat.ask()
	return chat
}

// nextBut gives the next notification that is not about one of these titles.
func nextBut(t *testing.T, notes *desktest.Notifications, titles ...string) desktest.Notification {
	t.Helper()
	for {
		n := notes.Next(t)
		skip := false
		for _, title := range titles {
			skip = skip || strings.Contains(n.Title, title)
		}
		if !skip {
			return n
		}
	}
}

const indexDone = "search index is complete"

// TestAClickOnANotificationOpensItsView: of a sign-in, a connection, a change and
// a token that is refused.
func TestAClickOnANotificationOpensItsView(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, notes, browser := told(t, w)
	opened := 0
	opens := func(n desktest.Notification, view string) {
		t.Helper()
		if strings.Contains(n.Title+n.Body, codaCanary) || strings.Contains(n.Body, "Second") {
			t.Errorf("it says too much: %q %q", n.Title, n.Body)
		}
		notes.Click(t, n.ID)
		if link := desktest.LinkIn(t, browser.Arg(t, opened)); !strings.Contains(link, "/#key=") || !strings.HasSuffix(link, "view="+view) {
			t.Errorf("%s opens %q", n.Title, link)
		}
		opened++
	}
	s, _ := p.state()
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.connect(func(code string) {
		opens(nextBut(t, notes, indexDone), "approve")
		p.must("approve", code, "--write")
	})
	n := nextBut(t, notes, indexDone)
	if n.Title != "A new connection" || !strings.Contains(n.Body, "read and change") {
		t.Errorf("%q %q", n.Title, n.Body)
	}
	opens(n, "connections")
	id := p.await("the connection", func(s app.State) bool { return len(s.Connections) == 1 }).Connections[0].ID
	p.must("allow", id, "ask")
	asked := make(chan string, 1)
	go func() { asked <- chat.said("coda_create_rows", oneRow) }()
	n = nextBut(t, notes, indexDone)
	if who := p.await("whose it is", func(s app.State) bool { return len(s.Changes.Asking) == 1 }).Changes.Asking[0]; !strings.HasPrefix(n.Body, who+" wants") {
		t.Errorf("%q does not name %q", n.Body, who)
	}
	opens(n, "changes")
	var waiting struct{ Pending []app.PendingChange }
	if err := control.NewClient(p.dir).Do(t.Context(), "changes/pending", &waiting); err != nil || len(waiting.Pending) != 1 {
		t.Fatal(err, waiting)
	}
	p.must("refuse-change", waiting.Pending[0].ID)
	<-asked
	w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus = -1, http.StatusUnauthorized })
	chat.said("coda_list_documents", map[string]any{"query": "another"})
	opens(nextBut(t, notes, indexDone), "home")
}

// TestEachKindOfNotificationIsSwitchedByItself, remembered, and by its right name.
func TestEachKindOfNotificationIsSwitchedByItself(t *testing.T) {
	t.Parallel()
	p, notes, _ := told(t, twoDocs(t))
	for _, kind := range []string{notices.Approval, notices.Index} {
		p.must("notifications", kind, "off")
	}
	if out := p.must("notifications"); !strings.Contains(out, "approval    off") || !strings.Contains(out, "connection  on") {
		t.Error(out)
	}
	s, _ := p.state()
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.connect(func(code string) { p.must("approve", code) })
	if n := nextBut(t, notes, indexDone); n.Title != "A new connection" {
		t.Errorf("a kind that is off is told: %q", n.Title)
	}
	if v, err := (config.Config{DataDir: p.dir}).Now("notifications_off"); v != "approval,index" || err != nil {
		t.Errorf("remembered: %q %v", v, err)
	}
	p.must("notifications", "all", "on")
	if out := p.must("notifications"); strings.Contains(out, "  off") {
		t.Error(out)
	}
	if out, code := p.run("notifications", "approvals", "off"); code != exitUsage || !strings.Contains(out, "no kind of notification") {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, code := p.run("notifications", "approval", "no"); code != exitUsage {
		t.Errorf("exit %d: %s", code, out)
	}
	names := []string{}
	for _, k := range notices.Kinds {
		names = append(names, k.Name)
	}
	if got, want := fmt.Sprint(config.Notices), fmt.Sprint(names); got != want {
		t.Errorf("config.json takes %s, there are %s", got, want)
	}
}

// TestAStrangerWhoKnocksIsToldOfOnce: as many requests within seconds as one
// address may make are one notification. In app/notices a thousand in a day are thirty.
func TestAStrangerWhoKnocksIsToldOfOnce(t *testing.T) {
	t.Parallel()
	p, notes, _ := told(t, twoDocs(t), "CODABRIDGE_NOTIFICATIONS_OFF=index")
	s, _ := p.state()
	for range 25 {
		knock(t, s.LocalURL)
	}
	if n := notes.Next(t); n.Title != "A connection waits for your yes" {
		t.Errorf("%q", n.Title)
	}
	if out := p.must("notifications"); !strings.Contains(out, "index       off") || notes.Len() > 0 {
		t.Errorf("%d more came: %s", notes.Len(), out)
	}
}

// notificationsOffHTTP: what is off is not shown, and the sign-in works.
func notificationsOffHTTP(t *testing.T) {
	p, notes, _ := told(t, twoDocs(t), "CODABRIDGE_NOTIFICATIONS_OFF=all")
	s, _ := p.state()
	if chat := p.local(s.LocalURL); !chat.sees("search") || notes.Len() > 0 {
		t.Errorf("%d notifications came", notes.Len())
	}
}
