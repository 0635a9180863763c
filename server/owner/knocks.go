package owner

import (
	"context"
	"errors"

	"codabridge/server/oauth"
	"codabridge/server/state"
)

// ownerView is what the sections of the owner's page are drawn from.
type ownerView struct {
	state.State
	// Knocks are clients that are not known and ask to be.
	Knocks []oauth.Knock
	// MoreWaiting and MoreKnocks are how many are not in the lists: anybody can
	// ask, so the page shows the first of them.
	MoreWaiting, MoreKnocks int
	// Hosts are those that the owner allowed to say what their clients are.
	Hosts []string
}

// firstOf is what is shown of a list that strangers can make long, and how many
// more there are.
func firstOf[T any](list []T) (shown []T, more int) {
	n := min(len(list), state.MostShown)
	return list[:n], len(list) - n
}

func (o *Owner) ownerView() ownerView {
	hosts, err := o.oauth.Hosts(context.Background())
	if err != nil {
		o.log.Error("server: list allowed hosts", "err", err)
	}
	v := ownerView{State: o.desk.State(), Hosts: hosts}
	v.Waiting, v.MoreWaiting = firstOf(v.Waiting)
	v.Knocks, v.MoreKnocks = firstOf(o.oauth.Knocks())
	return v
}

// bringKnock puts the client on the list from whose page the owner came here.
func (o *Owner) bringKnock(_ context.Context, form Form) (Answer, error) {
	_, err := o.oauth.BringKnock(form.Text("knock"))
	return nil, knocked(err)
}

func (o *Owner) allowKnock(ctx context.Context, form Form) (Answer, error) {
	err := o.oauth.AllowKnock(ctx, form.Text("key"))
	if err != nil && !errors.Is(err, oauth.ErrNoKnock) {
		o.log.Info("server: client not let in", "err", err)
	}
	return say("It is known now. Go back to its tab and reload it; it still needs your approval."), knocked(err)
}

func (o *Owner) ignoreKnock(_ context.Context, form Form) (Answer, error) {
	return nil, knocked(o.oauth.IgnoreKnock(form.Text("key")))
}

func (o *Owner) forgetHost(ctx context.Context, form Form) (Answer, error) {
	return nil, knocked(o.oauth.ForgetHost(ctx, form.Text("host")))
}

// knocked turns errors about unknown clients into the owner's words.
func knocked(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, oauth.ErrNoHost):
		return sentence("This host is not on the list any more.")
	case errors.Is(err, oauth.ErrNoKnock):
		return sentence("This is not on the list any more. Start again from the app.")
	case errors.Is(err, oauth.ErrDocument):
		return sentence("What the app says of itself could not be fetched or is not in order, so nothing was allowed. Its maker has to put that right; or choose registration in the app.")
	}
	return sentence("This could not be stored just now. Look at the log, then try again.")
}
