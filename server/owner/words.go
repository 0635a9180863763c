package owner

import (
	"codabridge/server/oauth"
	store "codabridge/server/store/state"
	"errors"
)

// sentence is an error for the owner's eyes, written as one.
type sentence string

func (s sentence) Error() string { return string(s) }

const (
	errNoSuchCode   = sentence("No request waits under this code. Check it in your browser's tab; a request lives five minutes.")
	errTooMany      = sentence("Too many wrong codes were given. Wait a minute, then try the code in your browser again.")
	errOtherBrowser = sentence("This browser does not show that code, so it is not filled in. Enter the code that your own sign-in tab shows, and only if you started the sign-in yourself.")
	errNoConnection = sentence("There is no such connection any more.")
)

// ForOwner turns errors of the rooms below into the owner's words.
func ForOwner(err error) error {
	switch {
	case errors.Is(err, oauth.ErrNoRequest):
		return errNoSuchCode
	case errors.Is(err, oauth.ErrOtherBrowser):
		return errOtherBrowser
	case errors.Is(err, oauth.ErrTooManyCodes):
		return errTooMany
	case errors.Is(err, oauth.ErrNoConnection):
		return errNoConnection
	}
	for _, cause := range []error{store.ErrDiskFull, store.ErrReadOnly, store.ErrLocked, store.ErrBusy} {
		if errors.Is(err, cause) {
			return sentence("This could not be stored: " + cause.Error() + ".")
		}
	}
	return err
}
