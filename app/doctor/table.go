package doctor

import (
	"context"
	"fmt"
	"strings"

	"codabridge/server/fault"
	"codabridge/server/state"
)

// finding is what a check found.
type finding struct {
	status      Status
	means, next string
	// stop keeps those from running that need this check, though it did not
	// fail.
	stop bool
	// quiet findings are not printed for people.
	quiet bool
}

func ok(format string, a ...any) finding {
	return finding{status: OK, means: fmt.Sprintf(fault.TypedFormat(format), a...)}
}
func warn(next, format string, a ...any) finding {
	return finding{status: Warning, means: fmt.Sprintf(fault.TypedFormat(format), a...), next: fault.Typed(next)}
}
func failed(next, format string, a ...any) finding {
	return finding{status: Failed, means: fmt.Sprintf(fault.TypedFormat(format), a...), next: fault.Typed(next)}
}
func skip(format string, a ...any) finding {
	return finding{status: Skipped, means: fmt.Sprintf(fault.TypedFormat(format), a...)}
}

// needs is for a check that cannot be run because of another one.
func needs(name string) finding {
	return finding{status: Skipped, means: "It needs: " + labelOf(name), quiet: true}
}

// labelOf is what the owner calls a check.
func labelOf(name string) string {
	for _, c := range table {
		if c.name == name {
			return c.label
		}
	}
	return name
}

// failedWith is a failure in a sentence or two of another room, which says first
// what happened and then what to do.
func failedWith(sentence, otherwise string) finding {
	means, next, _ := strings.Cut(sentence, ". ")
	if next == "" {
		return failed(otherwise, "%s", means)
	}
	return failed(next, "%s.", means)
}

// none is for a check that does not concern this installation.
var none = finding{}

// check is one row of the table. advice is the next step where run gives none.
type check struct {
	name   string // for programs, and for those below that need it
	label  string // for the owner
	needs  string // names of checks, with commas
	run    func(v *visit, ctx context.Context) finding
	advice string
}

const (
	adviceProxy  = "If a proxy of yours stands in front, let it pass every path, header and body unchanged. Otherwise look at: codabridge logs"
	adviceReport = "Look at: codabridge logs. If it stays, report it with these lines."
)

// table is every check, from inside out. It is filled in by init because the
// functions look their neighbours up in it.
var table []check

func init() {
	table = []check{
		{"data folder", "data folder", "", (*visit).folder, "Give codabridge a folder of your own with --data-dir."},
		{"settings", "settings", "", (*visit).settings, "Correct the setting that is named, then run: codabridge doctor"},
		{"database", "own records", "data folder", (*visit).database, "Start codabridge: it keeps the damaged file aside and begins a new one. Then connect your assistants again."},
		{"instance", "codabridge", "settings", (*visit).instance, "Start it: codabridge, or codabridge serve. Then run the doctor again."},
		{"keyring", "keyring", "settings", (*visit).keyring, "Unlock the keyring, or set CODABRIDGE_CODA_TOKEN in the environment."},
		{"Coda host", "way to Coda", "settings", (*visit).codaHost, "Look at the internet connection, and whether a firewall or proxy lets this computer reach the host."},
		{"clock", "clock", "Coda host", (*visit).clock, "Let this computer set its clock by itself (network time)."},
		{"Coda token", "Coda token", "keyring,Coda host", (*visit).codaToken, "Make an API token at docs.superhuman.com/account and store it: codabridge login coda"},
		{"ports", "addresses here", "settings", (*visit).ports, "End the other program, or choose another port with --listen and --owner-listen."},
		{"ngrok network", "way to ngrok", "settings", (*visit).ngrokNetwork, "Look at the internet connection, or let the firewall or proxy pass connect.ngrok-agent.com:443."},
		{"ngrok session", "ngrok account", "ngrok network", (*visit).ngrokSession, "Look at dashboard.ngrok.com."},
		{"public URL", "public URL", "instance,ngrok session", (*visit).publicURL, "In ChatGPT and Claude, remove the old connection and create it again with the URL of now."},
		{"read-only", "read-only", "instance", (*visit).readOnly, ""},
		{"index", "search index", "instance,Coda token", (*visit).index, "Mend what it names. Meanwhile search finds names, and what is stored."},

		{"address", "right address", "instance", (*visit).address, adviceProxy},
		{"401 challenge", "closed to others", "address", (*visit).challenge, adviceProxy},
		{"discovery", "sign-in found", "address", (*visit).discovery, adviceProxy},
		{"registration", "app made known", "discovery", (*visit).registration, adviceProxy},
		{"sign-in", "sign-in", "registration", (*visit).signIn, adviceProxy},
		{"token", "access given", "sign-in", (*visit).token, adviceReport},
		{"server/discover", "first hello", "token", (*visit).serverDiscover, adviceProxy},
		{"initialize", "older hello", "token", (*visit).initialize, adviceReport},
		{"tools/list", "list of tools", "server/discover", (*visit).toolsList, adviceReport},
		{"search", "search", "tools/list,Coda token", (*visit).search, adviceReport},
		{"fetch", "reading a hit", "search", (*visit).fetch, adviceReport},
		{"refresh", "staying in", "token", (*visit).refresh, adviceReport},
		{"revoke", "access taken", "token", (*visit).revoke, adviceReport},
	}
}

// visit is one examination: what was found so far.
type visit struct {
	o     Options
	ended map[string]finding

	running bool
	state   state.State
	account *Account

	wire    *wire
	meta    metadata
	login   login
	listed  string // a document's id, to fetch
	release func()
}

// examine runs a check when all that it needs is there.
func (v *visit) examine(ctx context.Context, c check) (f finding) {
	defer func() { v.ended[c.name] = f }()
	if ctx.Err() != nil {
		return finding{status: Skipped, means: "The doctor was stopped.", quiet: true}
	}
	for name := range strings.SplitSeq(c.needs, ",") {
		if need := v.ended[name]; need.status == Failed || need.status == Skipped || need.stop {
			return needs(name)
		}
	}
	return c.run(v, ctx)
}
