package secret

import (
	"context"
	"errors"
	"runtime"
)

// Why a keyring cannot be used; an *Unavailable wraps one of them where the
// reason is known.
var (
	// ErrNoBus: there is no D-Bus session, as on a server or in a container.
	ErrNoBus = errors.New("secret: no session bus")
	// ErrNoService: nothing on the session bus keeps secrets.
	ErrNoService = errors.New("secret: no secret service")
	// ErrNoCollection: the secret service has no keyring yet.
	ErrNoCollection = errors.New("secret: no default keyring")
	// ErrLocked: the keyring is locked, and could not be unlocked or the
	// dialog was dismissed.
	ErrLocked = errors.New("secret: keyring is locked")
	// ErrDialogOpen: the keyring's dialog is still on the screen.
	ErrDialogOpen = errors.New("secret: dialog is open")

	errNotKept    = errors.New("secret: not kept")
	errNotRemoved = errors.New("secret: not removed")
	errTooLong    = errors.New("secret: too long")
)

// Unavailable says that the keyring cannot be used now. It never means that
// there is no secret.
type Unavailable struct {
	// Sentence says what happened and the next step, for the owner.
	Sentence string
	// Err is the cause.
	Err error
}

// Error is the Sentence.
func (u *Unavailable) Error() string { return u.Sentence }

// Unwrap is the cause.
func (u *Unavailable) Unwrap() error { return u.Err }

// unavailable words err for the owner; name is the secret it is about, or
// empty.
func unavailable(name string, err error) *Unavailable {
	return &Unavailable{Sentence: happened(err) + " " + nextStep(name, err), Err: err}
}

func happened(err error) string {
	switch {
	case errors.Is(err, ErrNoBus):
		return "There is no desktop keyring here: no D-Bus session is running."
	case errors.Is(err, ErrNoService):
		return "This desktop has no keyring: no program offers the Secret Service."
	case errors.Is(err, ErrNoCollection):
		return "The desktop's keyring service has no keyring yet."
	case errors.Is(err, ErrDialogOpen):
		return "The keyring has not answered: its password dialog may be open, perhaps behind another window."
	case errors.Is(err, ErrLocked):
		return "The keyring is locked."
	case errors.Is(err, errNotKept):
		return "The keyring did not store the secret: its dialog was dismissed."
	case errors.Is(err, errNotRemoved):
		return "The keyring did not remove the secret: its dialog was dismissed."
	case errors.Is(err, errTooLong):
		return "The secret is too long for this system's keyring."
	case errors.Is(err, context.Canceled):
		return "The keyring was not asked to the end."
	}
	return "The keyring refused (" + err.Error() + ")."
}

func nextStep(name string, err error) string {
	instead := "set CODABRIDGE_CODA_TOKEN and NGROK_AUTHTOKEN in the environment instead."
	if v := variable(name); v != "" {
		instead = "set " + v + " in the environment instead."
	}
	switch {
	case errors.Is(err, ErrNoBus):
		return "S" + instead[1:]
	case errors.Is(err, ErrNoService):
		return "Install gnome-keyring, or switch on the Secret Service in KWallet or KeePassXC, or " + instead
	case errors.Is(err, ErrNoCollection):
		return "Make one named Login in \"Passwords and Keys\" (seahorse), or log in once with your password, or " + instead
	case errors.Is(err, ErrDialogOpen):
		return "Answer it and try again, or " + instead
	case errors.Is(err, ErrLocked):
		return "Unlock it with your login password and try again, or " + instead
	case errors.Is(err, errNotKept), errors.Is(err, errNotRemoved):
		return "Try again and answer the dialog."
	case errors.Is(err, errTooLong):
		return "Check what was pasted, or " + instead
	case runtime.GOOS == "darwin":
		return "Unlock the login keychain and try again, or " + instead
	}
	return "Try again, or " + instead
}
