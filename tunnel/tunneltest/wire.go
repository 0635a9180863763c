package tunneltest

import "time"

// Types of stream: the opener writes one as four big-endian bytes first.
const (
	streamAuth       = 0
	streamBind       = 1
	streamUnbind     = 2
	streamProxy      = 3
	streamRestart    = 4
	streamStop       = 5
	streamUpdate     = 6
	streamInfo       = 8
	streamStopTunnel = 9
	streamPatch      = 10
	streamHeartbeat  = 0xFFFFFFFF
)

// The messages as the agent writes them: Go field names, ids as ClientId and Id.
type (
	authRequest struct {
		ClientID string `json:"ClientId"`
		Extra    struct {
			Authtoken, Version, ClientType, UserAgent, Cookie                     string
			StopUnsupportedError, RestartUnsupportedError, UpdateUnsupportedError *string
			HeartbeatInterval, HeartbeatTolerance                                 time.Duration
		}
	}
	authReply struct {
		Version  string
		ClientID string `json:"ClientId"`
		Error    string
		Extra    authReplyExtra
	}
	authReplyExtra struct {
		Version, Region, Cookie, AccountName, PlanName, Banner, AgentSessionID string
		DeprecationWarning                                                     *Deprecation
	}
	bindRequest struct {
		ID    string `json:"Id"`
		Proto string
		Opts  map[string]any
		Extra struct {
			Token          string
			PoolingEnabled bool
		}
	}
	bindReply struct {
		ID    string `json:"Id"`
		URL   string
		Proto string
		Opts  map[string]any
		Error string
		Extra bindReplyExtra
	}
	bindReplyExtra struct{ Token, TunnelID string }
	unbindRequest  struct {
		ID string `json:"Id"`
	}
	proxyHeader struct {
		ID             string `json:"Id"`
		ClientAddr     string
		Proto          string
		EdgeType       string
		PassthroughTLS bool
	}
	stopTunnel struct {
		ID        string `json:"Id"`
		Message   string
		ErrorCode string
	}
	errorReply struct{ Error string }
)

// Deprecation is the warning that the service gives agents it will soon refuse.
type Deprecation struct {
	NextMin  string
	NextDate time.Time
	Msg      string
}

// SignIn is what one agent said of itself, as far as tests ask for it.
type SignIn struct {
	Authtoken  string
	ClientID   string // empty for a new session, the old one for a reconnect
	Version    string
	ClientType string
	UserAgent  string
}
