package state

import (
	"net/url"
	"slices"
	"time"

	"codabridge/server/caller"
)

// Phase is where the bridge stands, in one word that status --json prints.
type Phase string

// The phases: setup (no Coda token yet), local (no tunnel wanted), off
// (stopped by the owner), and those of the tunnel.
const (
	PhaseSetup        Phase = "setup"
	PhaseLocal        Phase = "local"
	PhaseConnecting   Phase = "connecting"
	PhaseOnline       Phase = "online"
	PhaseReconnecting Phase = "reconnecting"
	PhaseFailed       Phase = "failed"
	PhaseOff          Phase = "off"
)

// HostOf is the host of an address, or empty where it has none.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// PublicHost is the host of the public URL, or empty.
func (s State) PublicHost() string { return HostOf(s.PublicURL) }

// Online tells that clients on the internet reach the door.
func (s State) Online() bool { return s.Phase == PhaseOnline }

// State is everything a view (tray, owner's page, status) may show. It is a
// value: only package app makes one, views get a copy. It never holds a
// secret. The type stands here because the owner's page is one of its views.
type State struct {
	Phase Phase `json:"phase"`
	// Sentence says the phase in plain words, with the next step when the
	// owner has to act.
	Sentence string `json:"sentence"`
	// HelpURL is a page that helps with Sentence, or empty.
	HelpURL string `json:"help_url,omitempty"`
	// PublicURL is what the owner gives to ChatGPT; empty until it is known.
	PublicURL string `json:"public_url"`
	// LocalURL is the public door on this computer.
	LocalURL string `json:"local_url"`
	// OwnerURL is the owner's page, without any key.
	OwnerURL string `json:"owner_url"`
	// Paused says that every call is answered with that, though the bridge is up.
	Paused bool `json:"paused,omitempty"`
	// Warning is set when something needs the owner's eye though the bridge
	// runs: a changed public URL, a damaged file kept aside.
	Warning string `json:"warning,omitempty"`

	// Keyring says why the keyring cannot be read, or is empty.
	Keyring string `json:"keyring,omitempty"`
	// NoKeyring says that this computer has none: a token can be held in memory
	// only, until the program ends.
	NoKeyring bool `json:"no_keyring,omitempty"`

	Coda        CodaState         `json:"coda"`
	Tunnel      TunnelState       `json:"tunnel"`
	Toolset     ToolsetState      `json:"toolset"`
	Waiting     []WaitingRequest  `json:"waiting"`
	Connections []ConnectionState `json:"connections"`
	// Stdio are the programs on this computer that are joined over stdio just
	// now, the oldest first.
	Stdio []StdioState `json:"stdio"`
	// ThisComputer is what programs over stdio may change, and ThisComputerSees what
	// they may see, of which nothing else was decided.
	ThisComputer     PolicyState `json:"this_computer"`
	ThisComputerSees ReachState  `json:"this_computer_sees"`

	Activity  ActivityState  `json:"activity"`
	ReadOnly  bool           `json:"read_only"`
	Index     IndexState     `json:"index"`
	Autostart AutostartState `json:"autostart"`
	// Programs are those on this computer that can start us, in one order.
	Programs []ProgramState `json:"programs"`
	Changes  ChangesState   `json:"changes"`
	// Updates is what is known of newer versions.
	Updates UpdateState `json:"updates"`
	// Notifications are all kinds of them.
	Notifications []NoticeState `json:"notifications"`
	// Writing is who may write for a while, or could be let.
	Writing WritingState `json:"writing,omitzero"`
	// Demo is true when the sample workspace is served.
	Demo    bool   `json:"demo,omitempty"`
	Version string `json:"version"`
	// Process is the number of the instance's process.
	Process int `json:"process"`
}

// ChangesState is the record of changes in State.
type ChangesState struct {
	Enabled bool `json:"enabled"`
	// Blind says that a change is made though its state before cannot be read.
	Blind bool `json:"blind"`
	// AskAlways are the kinds of changes that wait for the owner's yes whatever a
	// connection may do.
	AskAlways []AskKind `json:"ask_always"`
	// Version grows with each change that is added or comes further.
	Version int64 `json:"version"`
	// Waiting is how many changes wait for the owner's yes.
	Waiting int `json:"waiting"`
	// Asking are the names of the connections whose changes wait.
	Asking []string `json:"asking,omitempty"`
}

// AskKind is a kind of changes that can be set to ask always.
type AskKind struct {
	Name string `json:"name"`
	Says string `json:"says"` // what it is, in a few words
	On   bool   `json:"on"`
}

// CodaState is the Coda side of State.
type CodaState struct {
	// Ready says that a token is known.
	Ready   bool   `json:"ready"`
	Account string `json:"account"`
	Host    string `json:"host"`
	// Source is where the token comes from: keyring, environment or memory.
	Source string `json:"source,omitempty"`
	// Problem is a sentence when Coda refused us and the owner must act.
	Problem string `json:"problem,omitempty"`
	// Refused says that the problem is the token, and does not pass by itself.
	Refused bool `json:"refused,omitempty"`
	// Note explains a restricted token (read-only, one doc), or is empty.
	Note string `json:"note,omitempty"`
}

// Kinds of public URL.
const (
	TunnelNgrok = "ngrok"
	TunnelOwn   = "own" // the owner's reverse proxy or other tunnel
	TunnelNone  = "none"
)

// TunnelState is the tunnel side of State.
type TunnelState struct {
	// Ready says that an authtoken is known, or that none is needed.
	Ready bool `json:"ready"`
	// Kind is one of TunnelNgrok, TunnelOwn, TunnelNone.
	Kind   string `json:"kind"`
	Region string `json:"region,omitempty"`
	Plan   string `json:"plan,omitempty"`
	// Source is where the authtoken comes from: keyring, environment or memory.
	Source string `json:"source,omitempty"`
	// Before is the public URL until it changed while this program ran, or at
	// its start; empty when it did not.
	Before string `json:"before,omitempty"`
	// Latency is the last heartbeat's round trip.
	Latency time.Duration `json:"latency_ns,omitempty"`
	// Quota is the month's use of ngrok.
	Quota QuotaState `json:"quota"`
	// Code is ngrok's error code, such as ERR_NGROK_105, while one applies.
	Code string `json:"code,omitempty"`
	// ConfigFile is an ngrok.yml whose authtoken can be copied, or empty.
	ConfigFile string `json:"config_file,omitempty"`
}

// MostShown is how many requests a view shows of a list that strangers can make
// long; of the others it tells the number.
const MostShown = 10

// WaitingRequest is a client that waits for the owner's yes. The code is not
// here: the owner gives the one that their own browser shows.
type WaitingRequest struct {
	Client string `json:"client"`
	// SelfNamed says that nobody has checked the name.
	SelfNamed    bool   `json:"self_named,omitempty"`
	RedirectHost string `json:"redirect_host"`
	// Redirect is the whole address, when its host is on no list and needs a yes
	// of its own; LooksLike is how a browser may show that host, or empty.
	Redirect  string `json:"redirect,omitempty"`
	LooksLike string `json:"looks_like,omitempty"`
	// Address is where it asked from: "this computer", or an IP address.
	Address string   `json:"address"`
	Scopes  []string `json:"scopes"`
	// Seconds is how long it has waited.
	Seconds int `json:"seconds"`
}

// ConnectionState is a client that the owner has approved, or an access key.
type ConnectionState struct {
	ID        string `json:"id"`
	Client    string `json:"client"`
	SelfNamed bool   `json:"self_named,omitempty"`
	// IsKey says that it is an access key, and Client its name.
	IsKey        bool     `json:"access_key,omitempty"`
	RedirectHost string   `json:"redirect_host,omitempty"`
	Scopes       []string `json:"scopes"`
	// Rehearsal says that it is the doctor's, which ends it at once.
	Rehearsal bool `json:"rehearsal,omitempty"`
	// Issuer is the address that the client signed in at.
	Issuer   string     `json:"issuer,omitempty"`
	Created  time.Time  `json:"created"`
	LastUsed *time.Time `json:"last_used"` // nil when never
	// Ends is when an access key ends, or has ended; nil when it does not.
	Ends *time.Time `json:"ends,omitempty"`
	// CallsToday are those since midnight that are noted.
	CallsToday int `json:"calls_today"`
	PolicyState
	ReachState
}

// PolicyState is what a connection may change, as it is now.
type PolicyState struct {
	// Policy is read, ask or write; what it falls back to while WriteUntil is set.
	Policy string `json:"policy"`
	// WriteUntil is when writing without a question ends; nil when that is not
	// limited, or not allowed.
	WriteUntil *time.Time `json:"write_until,omitempty"`
}

// May says in a few words what is allowed.
func (p PolicyState) May() string {
	switch {
	case p.WriteUntil != nil:
		return "read, and write until " + p.WriteUntil.Local().Format("15:04")
	case p.Policy == "ask":
		return "read, and write what you say yes to"
	case p.Policy == "write":
		return "read and write"
	}
	return "read only"
}

// Ended tells that an access key is past its end.
func (c ConnectionState) Ended() bool { return c.Ends != nil && !time.Now().Before(*c.Ends) }

// Shown is the client's name as a view shows it: one that the client gave
// itself is marked, since anybody can call themselves ChatGPT.
func (r WaitingRequest) Shown() string { return shown(r.Client, r.SelfNamed) }

// Shown is the client's name as a view shows it.
func (c ConnectionState) Shown() string { return shown(c.Client, c.SelfNamed) }

func shown(name string, selfNamed bool) string {
	if selfNamed {
		return "calls itself \"" + name + "\""
	}
	return name
}

// Unlisted says that the client's address is on no list, and shows it whole;
// empty where it is on one.
func (r WaitingRequest) Unlisted() string {
	switch {
	case r.Redirect == "":
		return ""
	case r.LooksLike != "":
		return "on no list: " + r.Redirect + ", which a browser may show as \"" + r.LooksLike + "\""
	}
	return "on no list: " + r.Redirect
}

// CanWrite tells whether writing is asked for, or was allowed.
func (r WaitingRequest) CanWrite() bool { return slices.Contains(r.Scopes, caller.ScopeWrite) }

// CanWrite tells whether the owner allowed writing.
func (c ConnectionState) CanWrite() bool { return slices.Contains(c.Scopes, caller.ScopeWrite) }

// Finding is one line of the doctor.
type Finding struct {
	Name   string `json:"name"`   // for programs
	Label  string `json:"label"`  // for the owner
	Status string `json:"status"` // ok, warning, failed or skipped
	Means  string `json:"means"`
	Next   string `json:"next"`
}
