package tray

import (
	"strings"

	"codabridge/server/fault"
	"codabridge/server/state"
)

// action is what a line of the menu does when it is clicked.
type action int

// The lines of the menu in their order from the top.
const (
	statusLine   action = iota // the phase; does nothing
	detailLine                 // why, or for whom; does nothing
	activityLine               // the last call; does nothing
	copyURL
	start
	stop
	approve
	openOwner
	readOnly
	autostart // start at login
	quit
	actions // how many there are
)

// item is one line of the menu.
type item struct {
	action  action
	label   string
	enabled bool
	// box says that the line has a check box, and checked that it is ticked.
	box, checked bool
	// apart says that a separator stands above the line.
	apart bool
}

// longest is how many characters a label has at most.
const longest = 60

// menu decides every line of the menu. With its separators it has at most
// twelve lines.
func menu(s state.State) []item {
	items := []item{{action: statusLine, label: status(s)}}
	if d := detail(s); d != "" {
		items = append(items, item{action: detailLine, label: clean(d, longest)})
	}
	if last := s.Activity.Line(); last != "" {
		items = append(items, item{action: activityLine, label: clean(last, longest)})
	}
	items = append(items,
		item{action: copyURL, label: "Copy public URL", enabled: s.PublicURL != "", apart: true},
		startOrStop(s))
	next := item{action: openOwner, label: "Open codabridge", enabled: true, apart: true}
	if len(s.Waiting) > 0 {
		items = append(items, item{action: approve, label: approveLabel(s.Waiting), enabled: true, apart: true})
		next.apart = false
	}
	items = append(items, next, item{action: readOnly, label: "Read-only", enabled: true, box: true, checked: s.ReadOnly})
	if s.Autostart.Offered {
		items = append(items, item{action: autostart, label: "Start at login", enabled: true, box: true, checked: s.Autostart.On})
	}
	return append(items,
		item{action: quit, label: "Quit codabridge", enabled: true, apart: true})
}

// startOrStop offers Start while the bridge is stopped, failed or not set up,
// and Stop otherwise.
func startOrStop(s state.State) item {
	switch s.Phase {
	case state.PhaseSetup, state.PhaseOff, state.PhaseFailed:
		return item{action: start, label: "Start", enabled: isSetUp(s)}
	}
	return item{action: stop, label: "Stop", enabled: true}
}

// isSetUp says that both tokens are there.
func isSetUp(s state.State) bool {
	return s.Phase != state.PhaseSetup && s.Coda.Ready && s.Tunnel.Ready
}

// tapped decides what a left click on the icon does: start when that is all
// that is missing, else open the owner's page where it is needed.
func tapped(s state.State) action {
	switch {
	case s.Phase == state.PhaseOff && isSetUp(s):
		return start
	case len(s.Waiting) > 0:
		return approve
	}
	return openOwner
}

// status is the phase in a few words.
func status(s state.State) string {
	text := map[state.Phase]string{
		state.PhaseSetup:        "Not set up yet",
		state.PhaseLocal:        "Running on this computer only",
		state.PhaseConnecting:   "Connecting…",
		state.PhaseOnline:       "Online",
		state.PhaseReconnecting: "Reconnecting…",
		state.PhaseFailed:       "Needs attention",
		state.PhaseOff:          "Stopped",
	}[s.Phase]
	if text == "" {
		text = string(s.Phase)
	}
	if host := s.PublicHost(); host != "" && s.Phase == state.PhaseOnline {
		text += " · " + clean(host, longest-len("Online · ")-len("Demo: "))
	}
	if s.Demo {
		text = "Demo: " + text
	}
	return text
}

// detail is the second line: what the owner has to know most, or nothing.
func detail(s state.State) string {
	switch {
	case s.Coda.Problem != "":
		return s.Coda.Problem
	case s.Warning != "":
		return s.Warning
	case s.Phase == state.PhaseFailed, s.Phase == state.PhaseReconnecting, s.Phase == state.PhaseSetup:
		return s.Sentence
	case s.Coda.Account != "":
		return "Coda account: " + s.Coda.Account
	}
	return ""
}

// approveLabel names where the newest waiting client wants to be sent and where
// it asked from, since those cannot be made up as its name can.
func approveLabel(waiting []state.WaitingRequest) string {
	label := "Approve a connection…"
	where := waiting[0].RedirectHost
	switch from := waiting[0].Address; {
	case from == "" || from == where:
	case strings.Contains(where, from): // the client is on another computer
		where = from
	default:
		where += ", " + from
	}
	if h := clean(where, longest-len(label)-len("()")); h != "" {
		label += " (" + h + ")"
	}
	return label
}

// tooltip is the phase and the public URL. Windows shows 127 characters.
func tooltip(s state.State) string {
	text := "codabridge: " + status(s)
	switch {
	case len(s.Waiting) > 0:
		text += "\nA connection waits for your approval"
	case s.Coda.Problem != "" || s.Warning != "":
		text += "\nNeeds attention"
	case s.PublicURL != "" && s.Phase != state.PhaseOff:
		text = "codabridge: " + clean(phaseWord(s), 40) + "\n" + clean(s.PublicURL, 80)
	}
	return text
}

// phaseWord is the status without the host that stands in the URL anyway.
func phaseWord(s state.State) string {
	s.PublicURL = ""
	return status(s)
}

// clean makes one short line of a text that may come from a stranger: no
// control characters, nothing that turns the writing direction, at most n
// characters, cut between words where that loses little.
func clean(text string, n int) string {
	runes := []rune(strings.Join(strings.Fields(fault.OneLine(text)), " "))
	if len(runes) <= n {
		return string(runes)
	}
	cut := string(runes[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)*2/3 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.:;") + "…"
}
