package app

import (
	"io"

	"codabridge/server/state"
)

// State is everything a view may show; only App makes one.
type State = state.State

// Parts of State.
type (
	Phase           = state.Phase
	CodaState       = state.CodaState
	TunnelState     = state.TunnelState
	WaitingRequest  = state.WaitingRequest
	ConnectionState = state.ConnectionState
	PolicyState     = state.PolicyState
)

// WriteJSON writes calls of the record as JSON, one object a line.
func WriteJSON(w io.Writer, each func(take func(Call) error) error) error {
	return state.WriteJSON(w, each)
}

// WriteCSV writes calls of the record as CSV.
func WriteCSV(w io.Writer, each func(take func(Call) error) error) error {
	return state.WriteCSV(w, each)
}

// Views are the names of the views of the owner's page, in its order.
var Views = state.Views

// IsView tells whether a link to the owner's page may name a view.
func IsView(name string) bool { return state.IsView(name) }

// MostShown is how many requests a view shows of a list.
const MostShown = state.MostShown

// The phases of State.
const (
	PhaseSetup        = state.PhaseSetup
	PhaseLocal        = state.PhaseLocal
	PhaseConnecting   = state.PhaseConnecting
	PhaseOnline       = state.PhaseOnline
	PhaseReconnecting = state.PhaseReconnecting
	PhaseFailed       = state.PhaseFailed
	PhaseOff          = state.PhaseOff
)
