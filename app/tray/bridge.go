package tray

import (
	"context"
	"errors"

	"codabridge/server/state"
)

// Bridge is what the tray shows and what its menu does. The methods are called
// from several goroutines, one for each line of the menu; one that takes long
// holds up only its own line.
type Bridge interface {
	// State is what to show now.
	State() state.State
	// Changes gives a value after each change of State, until ctx ends.
	Changes(ctx context.Context) <-chan struct{}
	// Start also goes on after a Pause.
	Start()
	Stop()
	// Pause has every call answered with that; URL, tunnel and sign-ins stay.
	Pause()
	CopyPublicURL()
	// OpenOwner opens a view of the owner's page in the browser: PageHome,
	// PageApprove, or one of state.Views.
	OpenOwner(view string)
	SetReadOnly(on bool)
	SetAutostart(on bool)
	// AllowWriting lets a connection write for half an hour, EndWriting ends that
	// before its time.
	AllowWriting(connection string)
	EndWriting(connection string)
	// Quit ends the program; it has to end the context given to Run.
	Quit()
}

// The views of the owner's page that the tray opens.
const (
	PageHome    = ""
	PageApprove = state.ViewApprove
	PageChanges = state.ViewChanges
	PageDoctor  = state.ViewDoctor
)

// What Check finds. After ErrNoHost Run may still be called: the icon comes
// when something that shows it starts. After the others it may not.
var (
	ErrNoBus  = errors.New("tray: no session bus")
	ErrNoHost = errors.New("tray: nothing on this desktop shows tray icons")
	// ErrNotBuilt: a macOS program built without cgo has no tray.
	ErrNotBuilt = errors.New("tray: this build has no tray icon")
)
