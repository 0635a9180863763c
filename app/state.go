package app

import "codabridge/server"

// State is everything a view may show; only App makes one.
type State = server.State

// Parts of State.
type (
	Phase           = server.Phase
	CodaState       = server.CodaState
	TunnelState     = server.TunnelState
	WaitingRequest  = server.WaitingRequest
	ConnectionState = server.ConnectionState
)

// The phases of State.
const (
	PhaseSetup        = server.PhaseSetup
	PhaseLocal        = server.PhaseLocal
	PhaseConnecting   = server.PhaseConnecting
	PhaseOnline       = server.PhaseOnline
	PhaseReconnecting = server.PhaseReconnecting
	PhaseFailed       = server.PhaseFailed
	PhaseOff          = server.PhaseOff
)
