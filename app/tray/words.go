package tray

import (
	"fmt"
	"strings"

	"codabridge/server/fault"
	"codabridge/server/state"
)

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
	if s.Paused {
		text = "Paused"
	}
	if host := s.PublicHost(); host != "" && s.Phase == state.PhaseOnline {
		text += " · " + clean(host, longest-len("Online · ")-len("Demo: "))
	}
	if s.Demo {
		text = "Demo: " + text
	}
	return text
}

// detail is the second line: what the owner has to know most, else who called
// last, else whose account it is.
func detail(s state.State) string {
	last := s.Activity.Line()
	switch {
	case s.Coda.Problem != "":
		return s.Coda.Problem
	case s.Warning != "":
		return s.Warning
	case s.Phase == state.PhaseSetup:
		return withoutPhase(s.Sentence)
	case s.Phase == state.PhaseFailed, s.Phase == state.PhaseReconnecting:
		return s.Sentence
	case last != "":
		return last
	case s.Coda.Account != "":
		return "Coda account: " + s.Coda.Account
	}
	return ""
}

// withoutPhase leaves out of a sentence what the line above it says already.
func withoutPhase(sentence string) string {
	rest, is := strings.CutPrefix(sentence, "Not set up yet: ")
	if !is || rest == "" {
		return sentence
	}
	return strings.ToUpper(rest[:1]) + rest[1:]
}

// approveLabel counts those who wait. Of one alone it names where it wants to be
// sent and where it asked from, since those cannot be made up as its name can.
func approveLabel(waiting []state.WaitingRequest) string {
	if n := len(waiting); n > 1 {
		return fmt.Sprintf("%d sign-ins wait…", n)
	}
	label := "1 sign-in waits…"
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
		text += "\nA sign-in waits for your yes"
	case s.Changes.Waiting > 0:
		text += "\nA change waits for your yes"
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
