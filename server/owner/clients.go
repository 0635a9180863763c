package owner

import (
	"context"
	"errors"
	"strings"

	"codabridge/server/fault"
	"codabridge/server/oauth"
)

// addClient makes a client by hand. This answer is the only place where its
// secret stands.
func (o *Owner) addClient(ctx context.Context, form Form) (Answer, error) {
	var redirects []string
	for _, text := range form.All("redirect") {
		redirects = append(redirects, strings.Fields(text)...)
	}
	c, secret, err := o.oauth.AddOwnClient(ctx, form.Text("name"), redirects, form.On("public"))
	if err != nil {
		return nil, aboutClient(err)
	}
	answer := Answer{"id": c.ID, "name": c.Name, "redirects": c.Redirects, "message": "Made. Give the app this client id."}
	if secret != "" {
		answer["secret"] = secret
		answer["message"] = "Made. Copy the secret now: it is not shown again."
	}
	return answer, nil
}

func (o *Owner) removeClient(ctx context.Context, form Form) (Answer, error) {
	return say("Removed. Its connections have ended."), aboutClient(o.oauth.RemoveOwnClient(ctx, form.Text("id")))
}

func (o *Owner) forgetRedirect(ctx context.Context, form Form) (Answer, error) {
	return say("Forgotten. Its connections have ended."), aboutUnknown(o.oauth.ForgetRedirect(ctx, form.Text("client"), form.Text("redirect")))
}

// aboutClient turns errors about clients made by hand into the owner's words.
func aboutClient(err error) error {
	switch {
	case errors.Is(err, oauth.ErrClientName):
		return fault.Wrap(err, fault.CodeInput, "Give the client a name, such as that of the app.")
	case errors.Is(err, oauth.ErrRedirect):
		return fault.Wrap(err, fault.CodeInput, "Give 1 to 16 whole redirect addresses of the app, as its maker names them: https://, in lower case up to the path, "+
			"or http:// with 127.0.0.1, localhost or [::1]; without a fragment, and without code, state or iss in the query.")
	case errors.Is(err, oauth.ErrTooManyClients):
		return fault.Wrap(err, CodeClient, "There are too many clients made by hand. Remove some first.")
	case errors.Is(err, oauth.ErrNoClient):
		return fault.Wrap(err, CodeClient, "There is no client of this id that was made by hand. codabridge client-ids list shows those there are.")
	}
	return err
}
