package tray

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"codabridge/assets"
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

// crowded has everything to say at once.
func crowded(s *state.State) {
	s.Waiting, s.Changes.Waiting = []state.WaitingRequest{chatGPT}, 1
	s.Writing = state.WritingState{Connection: "c1", Client: "ChatGPT"}
}

var chatGPT = state.WaitingRequest{Client: "ChatGPT", RedirectHost: "chatgpt.com", Scopes: []string{"coda.read"}, Seconds: 3}

// scenes are the states that a person can meet.
var scenes = []struct {
	name  string
	state state.State
}{
	{"first start", state.State{Phase: state.PhaseSetup, Sentence: "Not set up yet: give codabridge your Coda (Superhuman Docs) API token."}},
	{"setup lacks only the ngrok token", with(ready(state.PhaseSetup), func(s *state.State) {
		s.Tunnel.Ready, s.Sentence = false, "Not set up yet: give codabridge your ngrok authtoken."
	})},
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
	{"a leave to write", with(ready(state.PhaseOnline), func(s *state.State) {
		s.Writing = state.WritingState{Connection: "c1", Client: "ChatGPT", Until: time.Date(2026, 11, 27, 14, 35, 0, 0, time.Local)}
	})},
	{"a newer version", with(ready(state.PhaseOnline), func(s *state.State) { s.Updates.Newest = "v1.3.0" })},
	{"paused", with(ready(state.PhaseOnline), func(s *state.State) { s.Paused = true })},
	{"three changes wait", with(ready(state.PhaseOnline), func(s *state.State) { s.Changes.Waiting = 3 })},
	{"two sign-ins wait", with(ready(state.PhaseOnline), func(s *state.State) { s.Waiting = []state.WaitingRequest{chatGPT, chatGPT} })},
	{"all lines", with(ready(state.PhaseOnline), crowded)},
	{"all lines, and trouble", with(ready(state.PhaseReconnecting), func(s *state.State) { crowded(s); s.Warning = "The public URL changed." })},
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

var names = map[action]string{start: "start", approve: "the approval page", decide: "the changes that wait", openOwner: "open codabridge"}

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
		"1 sign-in waits… (this computer)":              {RedirectHost: "this computer", Address: "this computer"},
		"1 sign-in waits… (chatgpt.com, this computer)": {RedirectHost: "chatgpt.com", Address: "this computer"},
		"1 sign-in waits… (chatgpt.com, 203.0.113.7)":   {RedirectHost: "chatgpt.com", Address: "203.0.113.7"},
		"1 sign-in waits… (203.0.113.7)":                {RedirectHost: "a program on another computer (203.0.113.7)", Address: "203.0.113.7"},
		"1 sign-in waits… (2001:db8:1:2::3)":            {RedirectHost: "a program on another computer (2001:db8:1:2::3)", Address: "2001:db8:1:2::3"},
	} {
		if got := approveLabel([]state.WaitingRequest{r}); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}

// TestNoStateHasMoreThanTwelveLines tries every state that there can be. What
// has to be decided, and the doctor, always stand there.
func TestNoStateHasMoreThanTwelveLines(t *testing.T) {
	for _, phase := range []state.Phase{state.PhaseSetup, state.PhaseLocal, state.PhaseConnecting, state.PhaseOnline, state.PhaseReconnecting,
		state.PhaseFailed, state.PhaseOff, "another"} {
		for bits := range 1 << 11 {
			on := func(bit int) bool { return bits>>bit&1 == 1 }
			s := ready(phase)
			s.Paused, s.ReadOnly, s.Autostart.Offered, s.Demo = on(0), on(1), on(2), on(3)
			if on(4) {
				s.Waiting = []state.WaitingRequest{chatGPT}
			}
			if on(5) {
				s.Changes.Waiting = 1
			}
			if on(6) {
				s.Writing = state.WritingState{Connection: "c1", Client: strings.Repeat("ChatGPT ", 20)}
			}
			if on(7) {
				s.Warning = "The public URL changed."
			}
			if on(8) {
				s.Activity = state.ActivityState{Client: "ChatGPT", At: time.Now(), CallsToday: 14}
			}
			if on(9) {
				s.Writing.Connection, s.Writing.Until = "c2", time.Now()
			}
			if on(10) {
				s.Updates.Newest = "v1.3.0"
			}
			lines, stands := 0, map[action]bool{}
			for _, it := range menu(s) {
				lines++
				if it.apart {
					lines++
				}
				stands[it.action] = true
				if n := len([]rune(it.label)); n > longest {
					t.Fatalf("%q has %d characters", it.label, n)
				}
			}
			if lines > 12 || stands[approve] != on(4) || stands[decide] != on(5) || !stands[doctor] || !stands[quit] || !stands[statusLine] {
				t.Fatalf("%s %b: %d lines, %v", phase, bits, lines, stands)
			}
		}
	}
}

// TestTheIconsDifferInShapeAtEverySize: colour is never the only difference,
// also in the smallest size and for an eye that sees no colours.
func TestTheIconsDifferInShapeAtEverySize(t *testing.T) {
	for _, size := range []int{16, 22, 32} {
		for i, a := range looks {
			for _, b := range looks[:i] {
				if n := differs(drawnAt(t, a, size), drawnAt(t, b, size)); n < 0.1 {
					t.Errorf("%s and %s differ in %.0f %% of their pixels at %d", a, b, 100*n, size)
				}
			}
		}
	}
}

// drawnAt is an icon of a size as lit (true) and not: what is nearly white, and
// what is not there.
func drawnAt(t *testing.T, l look, size int) (lit []bool) {
	t.Helper()
	m := decoded(t, "icons/tray-"+string(l)+".png")
	side := m.Bounds().Dx()
	for y := range size {
		for x := range size {
			r, g, b, alpha := m.At((2*x+1)*side/(2*size), (2*y+1)*side/(2*size)).RGBA()
			lit = append(lit, alpha < 0x8000 || min(r, g, b) > 0xc000)
		}
	}
	return lit
}

func differs(a, b []bool) float64 {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

func decoded(t *testing.T, name string) image.Image {
	t.Helper()
	b, err := assets.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(name, err)
	}
	return m
}

// TestEverySystemGetsItsKindOfIcon: a template for macOS, which has no colour,
// and an ICO with each size for Windows.
func TestEverySystemGetsItsKindOfIcon(t *testing.T) {
	for _, l := range looks {
		m, inside := decoded(t, "icons/tray-"+string(l)+"-mac.png"), 0
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				r, g, b, a := m.At(x, y).RGBA()
				if r+g+b > 0 {
					t.Fatalf("%s: the template has a colour at %d,%d", l, x, y)
				}
				if a > 0x7000 {
					inside++
				}
			}
		}
		if all := m.Bounds().Dx() * m.Bounds().Dy(); inside < all/3 || inside > all*9/10 {
			t.Errorf("%s: %d of %d pixels of the template are there", l, inside, all)
		}
		ico, err := assets.Files.ReadFile("icons/tray-" + string(l) + ".ico")
		if err != nil || !bytes.HasPrefix(ico, []byte{0, 0, 1, 0, 5, 0}) {
			t.Fatalf("%s: %v % x", l, err, ico[:6])
		}
		for i, want := range []int{16, 20, 24, 32, 48} {
			entry := ico[6+16*i:]
			n, at := binary.LittleEndian.Uint32(entry[8:]), binary.LittleEndian.Uint32(entry[12:])
			m, err := png.Decode(bytes.NewReader(ico[at : at+n]))
			if err != nil || int(entry[0]) != want || m.Bounds().Dx() != want || m.Bounds().Dy() != want {
				t.Errorf("%s: entry %d says %d: %v", l, i, entry[0], err)
			}
		}
	}
}
