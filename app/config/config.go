// Package config is every setting of the program: where it may be given, what
// is allowed, and config.json in the data folder. It imports nothing of ours.
package config

import "time"

// What Toolset may be.
const (
	Core   = "core"
	Full   = "full"
	Custom = "custom"
)

// Config is every setting of the program. A setting comes from a flag, else
// from the environment, else from config.json in the data folder, else from
// Defaults. It holds no secret.
type Config struct {
	// Listen is the address of the public door, OwnerListen that of the
	// owner's door, which must be loopback. Port 0 picks a free one.
	Listen, OwnerListen string
	// DataDir is where config.json, the database and the socket live.
	DataDir string
	// CodaURL is the REST base including /apis/v1; empty tries both hosts.
	CodaURL string
	// Tunnel is "ngrok" or "none".
	Tunnel string
	// PublicURL is the https origin of the owner's own proxy; it replaces ngrok.
	PublicURL string
	// NgrokURL is a domain of the owner's ngrok account; empty means the
	// account's own dev domain.
	NgrokURL string
	// ReadOnly refuses every write, whatever a client was allowed.
	ReadOnly bool
	// LocalHosts are other names of the door on this computer, for containers.
	LocalHosts []string
	// Documents are the ids of the docs that tools may touch; empty means all.
	Documents []string
	// Toolset is "core", "full" or "custom"; Tools are the names that custom
	// offers; Admin adds what administrators and makers of packs need.
	Toolset string
	Tools   []string
	Admin   bool
	// Structured answers every tool call with structuredContent beside the
	// text, and declares its schema.
	Structured bool
	// Index keeps a copy of all texts on this computer, so that search looks
	// inside pages and rows; with IndexPaused it stays as it is. IndexExclude
	// are the ids of docs left out of it.
	Index        bool
	IndexPaused  bool
	IndexExclude []string
	// Changes keeps how everything was before each change, so that it can be put
	// back; BlindWrites lets a change through whose state before cannot be read.
	Changes     bool
	BlindWrites bool
	// AskAlways are the kinds of changes that wait for the owner's yes whatever a
	// connection may do, of AskKinds.
	AskAlways []string
	// NotificationsOff are the kinds of desktop notifications that are not shown;
	// package notices has the kinds.
	NotificationsOff []string
	// Updates is "on" to ask once a week whether there is a newer version, "off",
	// or empty while the owner has not said.
	Updates string
	// AccessTTL is how long an access token lives.
	AccessTTL time.Duration
	// NgrokConnectURL (host:port) and NgrokCAFile lead the tunnel to another
	// edge, for tests and support; both or neither.
	NgrokConnectURL, NgrokCAFile string
	// Demo serves the sample workspace instead of an account.
	Demo bool

	known []string // names of all tools; nil takes any
	// origin tells where each setting that is not a default came from, and given
	// what it is there.
	origin, given map[string]string
}

// AskKinds are the kinds of changes that can be set to ask always.
func AskKinds() []string {
	return []string{"delete-docs", "deletes", "sharing", "publishing", "irreversible"}
}

// Defaults are the settings when nobody says otherwise.
func Defaults() Config {
	return Config{
		Listen: "127.0.0.1:8085", OwnerListen: "127.0.0.1:0", Tunnel: "ngrok", Toolset: Core,
		AccessTTL: 24 * time.Hour, Index: true, Changes: true, BlindWrites: true,
		AskAlways: []string{"delete-docs", "sharing", "publishing"}, origin: map[string]string{}, given: map[string]string{},
	}
}
