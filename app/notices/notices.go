// Package notices decides what the desktop tells the owner while nobody looks.
// It is told each State, and remembers what it has said.
//
// # Decisions
//
//   - One table of kinds (Kinds); each can be switched off by its name.
//   - A notice says that something happened and where to look, never what stands
//     in a doc, and no address or name that a stranger chose without the address
//     that it came from.
//   - Each is said once. What a stranger can cause is said once a minute at most,
//     and ever more seldom while nobody answers: the icon shows it all the time.
package notices

import (
	"fmt"
	"time"

	"codabridge/server/state"
)

// Notice is one notification.
type Notice struct {
	Kind, Title, Body string
	// View is the view of the owner's page that a click opens.
	View string
}

// Kind is something that the owner can be told of.
type Kind struct{ Name, What string }

// Names of the kinds.
const (
	Approval   = "approval"
	Change     = "change"
	Connection = "connection"
	Tunnel     = "tunnel"
	Token      = "token"
	URL        = "url"
	Quota      = "quota"
	Index      = "index"
	Version    = "version"
)

// Kinds are all of them, with what they tell.
var Kinds = []Kind{
	{Approval, "a sign-in waits for your yes"},
	{Change, "a change waits for your yes"},
	{Connection, "there is a new connection"},
	{Tunnel, "the tunnel was lost for a minute, and is back"},
	{Token, "Coda or ngrok refuses your token"},
	{URL, "the public URL has changed"},
	{Quota, "80 % of what ngrok allows in a month is used"},
	{Index, "the search index is complete"},
	{Version, "there is a new version"},
}

// Memory is what is remembered over a restart, so that nothing is said twice.
type Memory struct {
	Quota   string `json:"quota,omitempty"`   // the month in which it was said, 2026-11
	Index   bool   `json:"index,omitempty"`   // that it is complete
	Version string `json:"version,omitempty"` // the newest that was told of
}

// Watch follows the State of one instance.
type Watch struct {
	Memory Memory

	began     bool
	before    state.State
	known     map[string]bool // connections
	approvals pace
	changes   pace
	newest    time.Time // when the newest sign-in that was told of came
	lost      time.Time // since when the tunnel is away that was there
	toldLost  bool
	wasOnline bool
	refused   bool
}

// Bounds.
const (
	longLost  = time.Minute // for which the tunnel is away before that is told
	mostUsed  = 80          // percent of the month
	freshRead = 50          // percent, below which an index is being made anew
)

// Look gives what has to be told now, and when to look again though nothing
// changes; zero is never.
func (w *Watch) Look(s state.State, now time.Time) (all []Notice, again time.Time) {
	if !w.began {
		w.begin(s)
	}
	tell := func(n Notice, tell bool) {
		if tell {
			all = append(all, n)
		}
	}
	n, next, is := w.approval(s, now)
	tell(n, is)
	again = sooner(again, next)
	n, next, is = w.change(s, now)
	tell(n, is)
	again = sooner(again, next)
	for _, n := range w.connections(s) {
		all = append(all, n)
		w.approvals.answered()
	}
	n, next, is = w.tunnel(s, now)
	tell(n, is)
	again = sooner(again, next)
	tell(w.token(s))
	tell(w.url(s))
	tell(w.quota(s, now))
	tell(w.index(s))
	tell(w.version(s))
	w.before = s
	return all, again
}

// begin takes what is there at the start for known.
func (w *Watch) begin(s state.State) {
	w.began, w.known = true, map[string]bool{}
	for _, c := range s.Connections {
		w.known[c.ID] = true
	}
	w.before.Tunnel.Before = s.Tunnel.Before
	if s.Index.Percent == 100 {
		w.Memory.Index = true
	}
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// approval tells of sign-ins that came since the last time.
func (w *Watch) approval(s state.State, now time.Time) (n Notice, again time.Time, is bool) {
	if len(s.Waiting) == 0 {
		return n, again, false
	}
	// The newest stands first. Its age is in whole seconds.
	first := s.Waiting[0]
	came := now.Add(-time.Duration(first.Seconds) * time.Second)
	if !came.After(w.newest.Add(time.Second)) {
		return n, again, false
	}
	if due, left := w.approvals.due(now); !due {
		return n, left, false
	}
	w.newest = now
	n = Notice{Kind: Approval, Title: "A connection waits for your yes", View: state.ViewApprove,
		Body: fmt.Sprintf("%s asks to use your Coda docs, from %s. If you started this yourself, open codabridge and enter the code that your browser shows.",
			first.RedirectHost, first.Address)}
	if more := len(s.Waiting) - 1; more > 0 {
		n.Body = fmt.Sprintf("%s and %d more waiting.", n.Body, more)
	}
	return n, again, true
}

func (w *Watch) change(s state.State, now time.Time) (n Notice, again time.Time, is bool) {
	waiting, before := s.Changes.Waiting, w.before.Changes.Waiting
	if waiting == 0 {
		w.changes.answered()
	}
	if waiting < before && waiting > 0 {
		w.changes.answered()
	}
	if waiting > before {
		w.changes.owing = true
	}
	if waiting == 0 || !w.changes.owing {
		return n, again, false
	}
	if due, left := w.changes.due(now); !due {
		return n, left, false
	}
	w.changes.owing = false
	n = Notice{Kind: Change, Title: "A change waits for your yes", View: state.ViewChanges,
		Body: who(s.Changes.Asking) + " to change your docs. Open codabridge to see what, and to say yes or no. Nothing is done before."}
	if waiting > 1 {
		n.Title = fmt.Sprintf("%d changes wait for your yes", waiting)
	}
	return n, again, true
}

func (w *Watch) connections(s state.State) (all []Notice) {
	for _, c := range s.Connections {
		if w.known[c.ID] {
			continue
		}
		w.known[c.ID] = true
		may := "read"
		if c.CanWrite() {
			may = "read and change"
		}
		if c.IsKey || c.Rehearsal {
			continue // made by the owner a moment ago, or the doctor's
		}
		all = append(all, Notice{Kind: Connection, Title: "A new connection", View: state.ViewConnections,
			Body: fmt.Sprintf("%s (%s) may now %s your Coda docs. If that was not you, end it on the page of codabridge.", c.Shown(), c.RedirectHost, may)})
	}
	return all
}

// tunnel tells of one that was there, is away for a minute, and comes back.
func (w *Watch) tunnel(s state.State, now time.Time) (n Notice, again time.Time, is bool) {
	switch s.Phase {
	case state.PhaseOnline:
		back := w.toldLost
		w.wasOnline, w.toldLost, w.lost = true, false, time.Time{}
		return Notice{Kind: Tunnel, Title: "codabridge is online again", Body: "The tunnel is back, with " + s.PublicURL, View: state.ViewHome}, again, back
	case state.PhaseReconnecting, state.PhaseConnecting, state.PhaseFailed:
	default: // the owner does not want it now
		w.wasOnline, w.toldLost, w.lost = false, false, time.Time{}
		return n, again, false
	}
	if !w.wasOnline || w.toldLost || ngrokRefuses(s) {
		return n, again, false
	}
	if w.lost.IsZero() {
		w.lost = now
	}
	if due := w.lost.Add(longLost); now.Before(due) {
		return n, due, false
	}
	w.toldLost = true
	return Notice{Kind: Tunnel, Title: "The tunnel is lost", Body: s.Sentence, View: state.ViewHome}, again, true
}

// ngrokRefuses tells that ngrok does not take the authtoken.
func ngrokRefuses(s state.State) bool {
	switch s.Tunnel.Code {
	case "ERR_NGROK_105", "ERR_NGROK_106", "ERR_NGROK_107", "ERR_NGROK_300":
		return s.Phase == state.PhaseFailed
	}
	return false
}

func (w *Watch) token(s state.State) (n Notice, is bool) {
	refused, before := s.Coda.Refused || ngrokRefuses(s), w.refused
	w.refused = refused
	n = Notice{Kind: Token, Title: "Coda refuses your token", Body: s.Coda.Problem, View: state.ViewHome}
	if !s.Coda.Refused {
		n.Title, n.Body = "ngrok refuses your authtoken", s.Sentence
	}
	return n, refused && !before
}

func (w *Watch) url(s state.State) (n Notice, is bool) {
	return Notice{Kind: URL, Title: "Your public URL has changed", View: state.ViewHome,
		Body: "In ChatGPT and Claude, remove the old connection and create it again with the new URL: " + s.PublicURL,
	}, s.Tunnel.Before != "" && s.Tunnel.Before != w.before.Tunnel.Before
}

func (w *Watch) quota(s state.State, now time.Time) (n Notice, is bool) {
	month, used := now.UTC().Format("2006-01"), s.Tunnel.Quota.Percent() // the month of the count
	if used < mostUsed || w.Memory.Quota == month {
		return n, false
	}
	w.Memory.Quota = month
	return Notice{Kind: Quota, Title: fmt.Sprintf("%d %% of the month's ngrok use is gone", used), View: state.ViewHome,
		Body: "When it is used up, assistants on the internet reach codabridge again next month. Programs on this computer do not need it."}, true
}

func (w *Watch) index(s state.State) (n Notice, is bool) {
	if !s.Index.Enabled || s.Index.Percent < freshRead {
		w.Memory.Index = false
	}
	if s.Index.Percent < 100 || w.Memory.Index || !s.Index.Enabled {
		return n, false
	}
	w.Memory.Index = true
	return Notice{Kind: Index, Title: "The search index is complete", View: state.ViewSearch,
		Body: fmt.Sprintf("Search looks inside all %d of your docs now.", s.Index.Docs)}, true
}

func (w *Watch) version(s state.State) (n Notice, is bool) {
	newest := s.Updates.Newest
	if newest == "" || newest == w.Memory.Version {
		return n, false
	}
	w.Memory.Version = newest
	return Notice{Kind: Version, Title: "codabridge " + newest + " is out", View: state.ViewSettings,
		Body: "The page of codabridge has the link. Nothing was downloaded."}, true
}
