package owner

import (
	"codabridge/server/fault"
	"codabridge/server/oauth"
	store "codabridge/server/store/state"
	"errors"
)

// What an action of the owner's cannot do.
const (
	// CodeNoRequest: no sign-in request waits under the code.
	CodeNoRequest fault.Code = "owner_no_request"
	// CodeTooMany: too many wrong codes were given.
	CodeTooMany fault.Code = "owner_too_many_codes"
	// CodeOtherBrowser: the code belongs to a tab of another browser.
	CodeOtherBrowser fault.Code = "owner_other_browser"
	// CodeNoConnection: the connection is gone.
	CodeNoConnection fault.Code = "owner_no_connection"
	// CodeUnlisted: the redirect address of a request is on no list, and the owner
	// has not said yes to its host.
	CodeUnlisted fault.Code = "owner_unlisted_redirect"
	// CodeClient: a client cannot be made by hand like this, or there is none like it.
	CodeClient fault.Code = "owner_client"
	// CodeKey: an access key cannot be made like this, or there is none like it.
	CodeKey fault.Code = "owner_key"
	// CodeNotListed: an unknown client or host is not on the list any more.
	CodeNotListed fault.Code = "owner_not_listed"
	// CodeDocument: the document of a client cannot be used.
	CodeDocument fault.Code = "owner_client_document"
	// CodeNotStored: the data folder did not take a decision.
	CodeNotStored fault.Code = "owner_not_stored"
)

// ForOwner turns errors of the rooms below into the owner's words.
func ForOwner(err error) error {
	switch {
	case errors.Is(err, oauth.ErrNoRequest):
		return fault.Wrap(err, CodeNoRequest, "No request waits under this code. Check it in your browser's tab; a request lives five minutes.")
	case errors.Is(err, oauth.ErrOtherBrowser):
		return fault.Wrap(err, CodeOtherBrowser, "This browser does not show that code, so it is not filled in. "+
			"Enter the code that your own sign-in tab shows, and only if you started the sign-in yourself.")
	case errors.Is(err, oauth.ErrTooManyCodes):
		return fault.Wrap(err, CodeTooMany, "Too many wrong codes were given. Wait a minute, then try the code in your browser again.")
	case errors.Is(err, oauth.ErrNoConnection):
		return fault.Wrap(err, CodeNoConnection, "There is no such connection any more. Reload the page, or run codabridge connections, to see those there are.")
	}
	if cause := store.Hindrance(err); cause != nil {
		return fault.Wrap(err, CodeNotStored, "This could not be stored: %v. Mend that, then try again; codabridge doctor says more.", cause)
	}
	return fault.Plain(err)
}
