package secret

import (
	"context"
	"errors"
	"runtime"

	"codabridge/server/fault"
)

// Why a keyring cannot be used now; none means that there is no secret.
const (
	// CodeNoBus: there is no D-Bus session, as on a server or in a container.
	CodeNoBus fault.Code = "keyring_no_bus"
	// CodeNoService: nothing on the session bus keeps secrets.
	CodeNoService fault.Code = "keyring_no_service"
	// CodeNoCollection: the secret service has no keyring yet.
	CodeNoCollection fault.Code = "keyring_no_collection"
	// CodeLocked: the keyring is locked, and could not be unlocked or the
	// dialog was dismissed.
	CodeLocked fault.Code = "keyring_locked"
	// CodeDialogOpen: the keyring's dialog is still on the screen.
	CodeDialogOpen fault.Code = "keyring_dialog_open"
	// CodeDismissed: a secret was not stored or removed, since the dialog was
	// dismissed.
	CodeDismissed fault.Code = "keyring_dismissed"
	// CodeTooLong: the secret is too long for the system's keyring.
	CodeTooLong fault.Code = "keyring_too_long"
	// CodeStopped: the question was cancelled.
	CodeStopped fault.Code = "keyring_stopped"
	// CodeRefused: the keyring gave an error of its own.
	CodeRefused fault.Code = "keyring_refused"
)

// The causes behind the codes.
var (
	errNoBus        = errors.New("secret: no session bus")
	errNoService    = errors.New("secret: no secret service")
	errNoCollection = errors.New("secret: no default keyring")
	errLocked       = errors.New("secret: keyring is locked")
	errDialogOpen   = errors.New("secret: dialog is open")
	errNotKept      = errors.New("secret: not kept")
	errNotRemoved   = errors.New("secret: not removed")
	errTooLong      = errors.New("secret: too long")
)

// Missing tells whether an error says that this computer has no keyring at all,
// so that there is nothing to unlock and nothing can be kept.
func Missing(err error) bool {
	for _, code := range []fault.Code{CodeNoBus, CodeNoService, CodeNoCollection} {
		if fault.Is(err, code) {
			return true
		}
	}
	return false
}

// both is what to do where nothing can be kept at all.
const both = "set CODABRIDGE_CODA_TOKEN and NGROK_AUTHTOKEN in the environment instead."

// unavailable words err for the owner; name is the secret it is about, or
// empty.
func unavailable(name string, err error) *fault.Error {
	instead := both
	if v := variable(name); v != "" {
		instead = "set " + v + " in the environment instead."
	}
	again := "Try again, or " + instead
	if runtime.GOOS == "darwin" {
		again = "Unlock the login keychain and try again, or " + instead
	}
	switch {
	case errors.Is(err, errNoBus):
		return fault.Wrap(err, CodeNoBus, "No keyring can be reached here: there is no desktop session, as on a server, in a container or over SSH. %s", "S"+both[1:])
	case errors.Is(err, errNoService):
		return fault.Wrap(err, CodeNoService, "This desktop has no keyring that codabridge can use. "+
			"Install gnome-keyring, or switch on Secret Service in the settings of KWallet or KeePassXC: codabridge then goes on by itself. Or %s", both)
	case errors.Is(err, errNoCollection):
		return fault.Wrap(err, CodeNoCollection, "This desktop has no keyring yet. "+
			"Make one named Login in \"Passwords and Keys\" (seahorse), or log in once with your password: codabridge then goes on by itself. Or %s", both)
	case errors.Is(err, errDialogOpen):
		return fault.Wrap(err, CodeDialogOpen, "The keyring has not answered: its password dialog may be open, perhaps behind another window. "+
			"Answer it: codabridge then goes on by itself. Or %s", instead)
	case errors.Is(err, errLocked):
		return fault.Wrap(err, CodeLocked, "The keyring is locked. Unlock it with your login password: codabridge then goes on by itself. Or %s", instead)
	case errors.Is(err, errNotKept):
		return fault.Wrap(err, CodeDismissed, "The keyring did not store the token: its dialog was dismissed. Try again and answer the dialog.")
	case errors.Is(err, errNotRemoved):
		return fault.Wrap(err, CodeDismissed, "The keyring did not remove the token: its dialog was dismissed. Try again and answer the dialog.")
	case errors.Is(err, errTooLong):
		return fault.Wrap(err, CodeTooLong, "The token is too long for this computer's keyring. Check what was pasted, or %s", instead)
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, CodeStopped, "The keyring was asked, and the question was stopped before it answered. %s", again)
	}
	return fault.Wrap(err, CodeRefused, "The keyring refused (%v). %s", err, again)
}
