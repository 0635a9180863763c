package tray

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"codabridge/server/golden"
	"codabridge/server/state"
)

const publicURL = "https://quiet-otter.ngrok-free.app"

// ready is a bridge that is set up and in this phase.
func ready(p state.Phase) state.State {
	s := state.State{
		Phase: p, Coda: state.CodaState{Ready: true, Account: "ada@example.com"},
		Tunnel: state.TunnelState{Ready: true, Kind: "ngrok"}, Autostart: state.AutostartState{Offered: true},
	}
	if p == state.PhaseOnline {
		s.PublicURL = publicURL
	}
	return s
}

func with(s state.State, change func(*state.State)) state.State {
	change(&s)
	return s
}

var chatGPT = state.WaitingRequest{Client: "ChatGPT", RedirectHost: "chatgpt.com", Scopes: []string{"coda.read"}, Seconds: 3}

// scenes are the states that a person can meet.
var scenes = []struct {
	name  string
	state state.State
}{
	{"first start", state.State{Phase: state.PhaseSetup, Sentence: "Open codabridge to give it your Coda token."}},
	{"setup lacks only the ngrok token", with(ready(state.PhaseSetup), func(s *state.State) { s.Tunnel.Ready = false })},
	{"local", with(ready(state.PhaseLocal), func(s *state.State) { s.Tunnel.Kind = "none" })},
	{"connecting", ready(state.PhaseConnecting)},
	{"online", ready(state.PhaseOnline)},
	{"online and read-only", with(ready(state.PhaseOnline), func(s *state.State) { s.ReadOnly = true })},
	{"online, one client waits", with(ready(state.PhaseOnline), func(s *state.State) { s.Waiting = []state.WaitingRequest{chatGPT} })},
	{"online, Coda refused the token", with(ready(state.PhaseOnline), func(s *state.State) {
		s.Coda.Problem = "Coda refused the token: it was deleted. Make a new one and save it here."
	})},
	{"online, the public URL changed", with(ready(state.PhaseOnline), func(s *state.State) {
		s.Warning = "The public URL changed: remove the connector in ChatGPT and create it again."
	})},
	{"reconnecting", with(ready(state.PhaseReconnecting), func(s *state.State) { s.PublicURL, s.Sentence = publicURL, "The connection to ngrok was lost." })},
	{"failed", with(ready(state.PhaseFailed), func(s *state.State) {
		s.Sentence = "ngrok does not know this authtoken. Copy it again from dashboard.ngrok.com."
	})},
	{"started at login", with(ready(state.PhaseOnline), func(s *state.State) { s.Autostart.On = true })},
	{"all lines", with(ready(state.PhaseOnline), func(s *state.State) {
		s.Waiting, s.Warning = []state.WaitingRequest{chatGPT}, "The public URL changed."
	})},
	{"stopped", ready(state.PhaseOff)},
	{"demo", with(ready(state.PhaseLocal), func(s *state.State) { s.Demo, s.Coda.Account, s.Autostart.Offered = true, "", false })},
}

func TestMenuOfEveryScene(t *testing.T) {
	var b strings.Builder
	for _, scene := range scenes {
		fmt.Fprintf(&b, "## %s\nicon: %s, left click: %s\ntooltip: %q\n%s\n", scene.name, lookOf(scene.state),
			names[tapped(scene.state)], tooltip(scene.state), show(menu(scene.state)))
	}
	golden.Check(t, "testdata/menu.golden", b.String())
}

var names = map[action]string{start: "start", approve: "the approval page", openOwner: "open codabridge"}

func show(items []item) string {
	var b strings.Builder
	for _, it := range items {
		if it.apart {
			b.WriteString("  ----\n")
		}
		mark := "  "
		if it.box {
			mark = map[bool]string{true: "✓ ", false: "☐ "}[it.checked]
		}
		line := mark + it.label
		if !it.enabled {
			line = mark + "(" + it.label + ")"
		}
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

func TestMenuIsShortAndKeepsItsOrder(t *testing.T) {
	for _, scene := range scenes {
		lines, last := 0, action(-1)
		for _, it := range menu(scene.state) {
			lines++
			if it.apart {
				lines++
			}
			if it.action <= last {
				t.Errorf("%s: %q stands out of order; the drawer makes lines in the order of action", scene.name, it.label)
			}
			last = it.action
			if n := len([]rune(it.label)); n > longest {
				t.Errorf("%s: %q has %d characters", scene.name, it.label, n)
			}
		}
		if lines > 12 {
			t.Errorf("%s: %d lines", scene.name, lines)
		}
		if n := len([]rune(tooltip(scene.state))); n > 127 {
			t.Errorf("%s: the tooltip has %d characters, Windows cuts it at 127", scene.name, n)
		}
	}
}

func TestStrangersTextCannotForgeTheMenu(t *testing.T) {
	s := with(ready(state.PhaseOnline), func(s *state.State) {
		s.Waiting = []state.WaitingRequest{{RedirectHost: "chatgpt.com\n\u202emoc.live\x00" + strings.Repeat("x", 300)}}
	})
	for _, it := range menu(s) {
		if it.action == approve && (strings.ContainsAny(it.label, "\n\x00\u202e") || len([]rune(it.label)) > longest) {
			t.Errorf("%q", it.label)
		}
	}
}

// TestTheMenuTellsWhereARequestCameFrom: "this computer" stands there only for
// a request of this computer, and the address is not cut off.
func TestTheMenuTellsWhereARequestCameFrom(t *testing.T) {
	for want, r := range map[string]state.WaitingRequest{
		"Approve a connection… (this computer)":              {RedirectHost: "this computer", Address: "this computer"},
		"Approve a connection… (chatgpt.com, this computer)": {RedirectHost: "chatgpt.com", Address: "this computer"},
		"Approve a connection… (chatgpt.com, 203.0.113.7)":   {RedirectHost: "chatgpt.com", Address: "203.0.113.7"},
		"Approve a connection… (203.0.113.7)":                {RedirectHost: "a program on another computer (203.0.113.7)", Address: "203.0.113.7"},
		"Approve a connection… (2001:db8:1:2::3)":            {RedirectHost: "a program on another computer (2001:db8:1:2::3)", Address: "2001:db8:1:2::3"},
	} {
		if got := approveLabel([]state.WaitingRequest{r}); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}

func TestIconsDifferInShapeAndFitWindows(t *testing.T) {
	seen := map[string]look{}
	for _, l := range []look{lookOff, lookBusy, lookOn, lookAttention} {
		b, err := icon(l)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		var shape strings.Builder // white or not, so that colour does not count
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				r, g, b, _ := m.At(x, y).RGBA()
				shape.WriteString(map[bool]string{true: "#", false: "."}[min(r, g, b) > 0xc000])
			}
		}
		if other, ok := seen[shape.String()]; ok {
			t.Errorf("%s and %s differ in colour only", l, other)
		}
		seen[shape.String()] = l
		wrapped, err := ico(b)
		if err != nil || len(wrapped) != len(b)+22 || wrapped[6] != byte(m.Bounds().Dx()) || !bytes.HasSuffix(wrapped, b) {
			t.Errorf("%s as ICO: %v % x", l, err, wrapped[:22])
		}
	}
}
