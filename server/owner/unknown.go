package owner

import (
	"context"
	"errors"
	"slices"
	"time"

	"codabridge/server/caller"
	"codabridge/server/fault"
	"codabridge/server/oauth"
	"codabridge/server/state"
)

// ownerView is what the sections of the owner's page are drawn from.
type ownerView struct {
	state.State
	// Unknown are clients that are not known and ask to be.
	Unknown []oauth.UnknownClient
	// MoreWaiting and MoreUnknown are how many are not in the lists: anybody can
	// ask, so the page shows the first of them.
	MoreWaiting, MoreUnknown int
	// Hosts are those that the owner allowed to say what their clients are.
	Hosts []string
	// Redirects are addresses on no list that the owner said yes to.
	Redirects []oauth.AllowedRedirect
	// OwnClients are those that the owner made by hand.
	OwnClients []oauth.OwnClient
	// Last are the latest calls, newest first.
	Last []state.Call
	// QR is the public URL for a phone's camera.
	QR qrCode
}

// lastCalls is how many calls stand on the first view.
const lastCalls = 5

// Computer is every program over stdio of which the owner decided nothing else.
func (v ownerView) Computer() state.StdioState {
	return state.StdioState{ID: caller.LocalID, Client: "every program on this computer", PolicyState: v.ThisComputer, ReachState: v.ThisComputerSees}
}

// Guided tells whether the owner still needs the guide: until there is a Coda
// token, and the first call of an assistant has arrived. Those on this computer
// need no tunnel.
func (v ownerView) Guided() bool { return !v.Coda.Ready || !v.Working() }

// CanTunnel tells whether the owner may choose on the page to have ngrok or not.
func (v ownerView) CanTunnel() bool { return !v.Demo && v.Tunnel.Kind != state.TunnelOwn }

// mostConnections is how many connections are drawn; the others are found by name.
const mostConnections = 25

// SomeConnections are those that are drawn, and OtherConnections how many are not.
func (v ownerView) SomeConnections() []state.ConnectionState {
	return v.Connections[:min(len(v.Connections), mostConnections)]
}

// OtherConnections is how many connections are not drawn.
func (v ownerView) OtherConnections() int { return len(v.Connections) - len(v.SomeConnections()) }

// StepsDone is how many of the guide's three steps are done.
func (v ownerView) StepsDone() (n int) {
	for _, done := range []bool{v.Coda.Ready, v.Tunnel.Ready, v.Working()} {
		if done {
			n++
		}
	}
	return n
}

// Working tells whether an assistant has ever made a call: one is in the record,
// which is kept for a month, or a connection was used long after it was made.
// Whoever has just connected has only looked at what there is.
func (v ownerView) Working() bool {
	return len(v.Last) > 0 || slices.ContainsFunc(v.Connections, func(c state.ConnectionState) bool {
		return c.LastUsed != nil && c.LastUsed.Sub(c.Created) > 24*time.Hour
	})
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
	v.Last, err = o.desk.LastCalls(context.Background(), lastCalls)
	if err != nil {
		o.log.Error("server: list the last calls", "err", err)
	}
	v.OwnClients, v.Redirects = o.clients()
	if v.PublicURL != "" {
		v.QR = o.qr.of(v.PublicURL)
	}
	v.Waiting, v.MoreWaiting = firstOf(v.Waiting)
	v.Unknown, v.MoreUnknown = firstOf(o.oauth.UnknownClients())
	return v
}

// clients are those that stand in the settings.
func (o *Owner) clients() ([]oauth.OwnClient, []oauth.AllowedRedirect) {
	own, err := o.oauth.OwnClients(context.Background())
	if err != nil {
		o.log.Error("server: list own clients", "err", err)
	}
	redirects, err := o.oauth.Redirects(context.Background())
	if err != nil {
		o.log.Error("server: list allowed redirects", "err", err)
	}
	return own, redirects
}

// bringUnknown puts the client on the list from whose page the owner came here.
func (o *Owner) bringUnknown(_ context.Context, form Form) (Answer, error) {
	_, err := o.oauth.BringUnknown(form.Text("knock"))
	return nil, aboutUnknown(err)
}

func (o *Owner) allowUnknown(ctx context.Context, form Form) (Answer, error) {
	err := o.oauth.AllowUnknown(ctx, form.Text("key"))
	if err != nil && !errors.Is(err, oauth.ErrNotListed) {
		o.log.Info("server: client not let in", "err", err)
	}
	return say("It is known now. Go back to its tab and reload it; it still needs your approval."), aboutUnknown(err)
}

func (o *Owner) ignoreUnknown(_ context.Context, form Form) (Answer, error) {
	return nil, aboutUnknown(o.oauth.IgnoreUnknown(form.Text("key")))
}

func (o *Owner) forgetHost(ctx context.Context, form Form) (Answer, error) {
	return nil, aboutUnknown(o.oauth.ForgetHost(ctx, form.Text("host")))
}

// aboutUnknown turns errors about unknown clients into the owner's words.
func aboutUnknown(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, oauth.ErrNoHost):
		return fault.Wrap(err, CodeNotListed, "This host is not on the list any more, so nothing is left to forget. Reload the page.")
	case errors.Is(err, oauth.ErrNotListed):
		return fault.Wrap(err, CodeNotListed, "This is not on the list any more. Start again from the app.")
	case errors.Is(err, oauth.ErrDocument):
		return fault.Wrap(err, CodeDocument, "What the app says of itself could not be fetched or is not in order, so nothing was allowed. Its maker has to put that right; or choose registration in the app.")
	}
	return fault.Wrap(err, CodeNotStored, "This could not be stored just now. Look at the log, then try again.")
}
