package tray

import (
	"fmt"

	"codabridge/server/state"
)

// action is what a line of the menu does when it is clicked.
type action int

// The lines of the menu in their order from the top.
const (
	statusLine action = iota // the phase; does nothing
	detailLine               // what the owner has to know most; does nothing
	decide                   // opens the changes that wait for a yes
	approve                  // opens the sign-ins that wait for one
	update                   // opens the page, which has the link to a newer version
	copyURL
	start
	stop
	pause
	resume
	allow // lets a connection write for a while, or ends that
	readOnly
	autostart // start at login
	openOwner
	doctor
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
	// about is the connection that the line is about, and ends that a click ends
	// what it says.
	about string
	ends  bool
}

// Bounds of the menu: characters of a label, and lines with the separator.
const (
	longest   = 60
	mostLines = 12
)

// menu decides every line of the menu. Where they are too many, those go that
// can be done without until something was decided.
func menu(s state.State) []item {
	items := append(told(s), offered(s)...)
	for _, spare := range []action{autostart, update, detailLine, doctor} {
		if len(items)+1 <= mostLines {
			break
		}
		for i, it := range items {
			if it.action == spare {
				items = append(items[:i:i], items[i+1:]...)
				break
			}
		}
	}
	return items
}

// told are the lines above the separator: how it stands, and what waits.
func told(s state.State) []item {
	items := []item{{action: statusLine, label: status(s)}}
	if d := detail(s); d != "" {
		items = append(items, item{action: detailLine, label: clean(d, longest)})
	}
	if n := s.Changes.Waiting; n > 0 {
		label := "1 change waits…"
		if n > 1 {
			label = fmt.Sprintf("%d changes wait…", n)
		}
		items = append(items, item{action: decide, label: label, enabled: true})
	}
	if len(s.Waiting) > 0 {
		items = append(items, item{action: approve, label: approveLabel(s.Waiting), enabled: true})
	}
	if v := s.Updates.Newest; v != "" {
		items = append(items, item{action: update, label: "codabridge " + clean(v, 20) + " is out…", enabled: true})
	}
	return items
}

// offered are the lines below it: what can be done.
func offered(s state.State) []item {
	items := append([]item{{action: copyURL, label: "Copy public URL", enabled: s.PublicURL != "", apart: true}}, running(s)...)
	if w := s.Writing; w.Line() != "" && !s.ReadOnly {
		w.Client = clean(w.Client, longest-len(" may write until 15:04: end now"))
		items = append(items, item{action: allow, label: clean(w.Line(), longest), enabled: true, about: w.Connection, ends: !w.Until.IsZero()})
	}
	items = append(items, item{action: readOnly, label: "Read-only", enabled: true, box: true, checked: s.ReadOnly})
	if s.Autostart.Offered {
		items = append(items, item{action: autostart, label: "Start at login", enabled: true, box: true, checked: s.Autostart.On})
	}
	return append(items, item{action: openOwner, label: "Open codabridge", enabled: true},
		item{action: doctor, label: "Doctor", enabled: true},
		item{action: quit, label: "Quit codabridge", enabled: true})
}

// running offers Start while the bridge is stopped, failed or not set up; Stop
// and Pause otherwise, and Resume instead of Pause while it is paused.
func running(s state.State) []item {
	switch {
	case s.Phase == state.PhaseSetup, s.Phase == state.PhaseOff, s.Phase == state.PhaseFailed:
		return []item{{action: start, label: "Start", enabled: isSetUp(s)}}
	case s.Paused:
		return []item{{action: stop, label: "Stop", enabled: true}, {action: resume, label: "Resume", enabled: true}}
	}
	return []item{{action: stop, label: "Stop", enabled: true}, {action: pause, label: "Pause", enabled: true}}
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
	case s.Changes.Waiting > 0:
		return decide
	}
	return openOwner
}
