// Package doctor rehearses what ChatGPT does against this very installation
// and says, one line a check, what is well, what is wrong and what to do next.
//
// # Decisions
//
// The checks stand in one table (table.go), from inside out: files, keyring,
// Coda, tunnel, then the public door as an assistant uses it. Each is a plain
// function. A check whose ground is missing is not run, so the first line that
// failed names the cause and is not one of twenty.
//
// The sign-in is a real one: a client registers, its request is approved
// through the owner's side, and it reads with its own token. The running
// instance approves only the request that carries the PKCE challenge made here,
// never more than reading, and ends the connection itself when the doctor goes
// away without doing so. Neither a stranger's request nor one that a false
// address slipped in can be approved in this way. Whoever stands in the way of
// an address sees the doctor's token while it lives, as they would see
// ChatGPT's; it reads, and ends with the visit.
//
// What the token does is asked by the process that has it: the running
// instance, else this one. The token never comes over the socket.
//
// The public URL costs the owner's quota, so it is used on request only, once,
// and the requests are counted.
//
// Lines hold addresses and account names but no document names, so that they
// can be shown to somebody who helps.
package doctor

import (
	"context"

	"codabridge/server/fault"
	"codabridge/server/state"
)

// Status is how a check ended.
type Status string

// The results. Skipped was not run, because what it stands on is missing.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Check is one line of the report.
type Check struct {
	// Name is for programs, Label for the owner.
	Name   string `json:"name"`
	Label  string `json:"label"`
	Status Status `json:"status"`
	// Means says what was found; Next what to do, when something is to be done.
	Means string `json:"means"`
	Next  string `json:"next"`

	quiet bool // it was not run because of another line, and is worth none
}

// Report is all that was found.
type Report struct {
	Checks []Check `json:"checks"`
	// Worst is the worst result: ok, warning or failed.
	Worst Status `json:"worst"`
	// Through is the address at which the public door was tried, or empty.
	Through string `json:"through,omitempty"`
	// Requests counts those sent there.
	Requests int `json:"requests"`

	counted bool // they count against a quota
}

// Bridge is the running instance, as the owner reaches it.
type Bridge interface {
	// Status gives its State; running is false when there is none.
	Status(ctx context.Context) (s state.State, running bool, err error)
	// Account asks Coda about the token that the instance has.
	Account(ctx context.Context) (Account, error)
	// Approve says yes to the doctor's own request. The instance ends the
	// connection when release is called, or by itself after a while.
	Approve(ctx context.Context, r Rehearsal) (release func(), err error)
	// EndRehearsal removes a client of this name and its connection.
	EndRehearsal(ctx context.Context, clientID string) error
}

// Rehearsal names the doctor's own request, so that no other is approved.
type Rehearsal struct {
	Code      string // of the waiting page
	ClientID  string // as registered
	Challenge string // S256 of a verifier that only the doctor knows
}

// ClientName is what the doctor's client calls itself.
const ClientName = "codabridge doctor"

// Options is the installation to be examined. Zero values leave out what
// cannot be known, for example after settings that cannot be read.
type Options struct {
	Folder string // the data folder; it need not exist
	// OpenToOthers tells whether other users may do anything in a folder, and
	// HowToClose what the owner does about it.
	OpenToOthers func(dir string) (bool, error)
	HowToClose   func(dir string) string
	// Settings is why the settings cannot be used, or nil.
	Settings            error
	Listen, OwnerListen string
	// Tunnel is one of the kinds of server: ngrok, own, none.
	Tunnel string
	// NgrokConnectURL and NgrokCAFile lead to another edge.
	NgrokConnectURL, NgrokCAFile string

	Bridge Bridge
	// Database says whether the file of what must not be lost is sound: kind is
	// "damaged", "newer" or "foreign" when the file itself is the trouble.
	Database func(ctx context.Context, path string) (kind string, err error)
	// Account asks Coda about the token that this process finds.
	Account func(ctx context.Context) Account
	// TryNgrok connects once with the authtoken that this process finds; the
	// error is a sentence, or ErrNoAuthtoken.
	TryNgrok func(ctx context.Context) (sentence string, err error)

	// URL is another address of the same bridge to go through, an origin.
	URL string
	// Public goes through the public URL instead of the local listener.
	Public bool
	// OnCheck hears of each check as it ends; nil is fine.
	OnCheck func(Check)
}

// Examine runs the checks in their order. It takes up to a few minutes when
// everything is slow; ctx ends it early, with the rest not run.
func Examine(ctx context.Context, o Options) Report {
	v := &visit{o: o, ended: map[string]finding{}}
	defer v.leave()
	r := Report{Worst: OK, Checks: []Check{}}
	for _, c := range table {
		f := v.examine(ctx, c)
		if f.status == "" {
			continue // it does not concern this installation
		}
		line := Check{Name: c.name, Label: c.label, Status: f.status, Means: f.means, Next: f.next}
		if line.Next == "" && (f.status == Warning || f.status == Failed) {
			line.Next = fault.Typed(c.advice)
		}
		r.Checks = append(r.Checks, line)
		if f.status == Failed || (f.status == Warning && r.Worst == OK) {
			r.Worst = f.status
		}
		line.quiet = f.quiet
		if o.OnCheck != nil {
			o.OnCheck(line)
		}
	}
	if v.wire != nil {
		r.Through, r.Requests, r.counted = v.wire.base, v.wire.sent, v.wire.quota
	}
	return r
}
