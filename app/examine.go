package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"codabridge/app/config"
	"codabridge/app/control"
	"codabridge/app/desktop"
	"codabridge/app/doctor"
	"codabridge/app/secret"
	"codabridge/server/door"
	"codabridge/server/fault"
	"codabridge/server/oauth"
	"codabridge/server/state"
	store "codabridge/server/store/state"
)

// Examination says what to examine, and by which way.
type Examination struct {
	// Config are the settings; Unusable is why they could not be read.
	Config   config.Config
	Unusable error
	// URL is another address of the bridge, Public its public URL; neither
	// means the local listener.
	URL    string
	Public bool
	// OnCheck hears of each line as it is found.
	OnCheck func(doctor.Check)
}

// Examine runs the doctor on the installation of a data folder, from this
// process or another one.
func Examine(ctx context.Context, e Examination) doctor.Report {
	cfg := e.Config
	here := New(Options{Config: cfg})
	o := doctor.Options{
		Folder: cfg.DataDir, Settings: e.Unusable, Listen: cfg.Listen, OwnerListen: cfg.OwnerListen, Tunnel: kindOf(cfg),
		NgrokConnectURL: cfg.NgrokConnectURL, NgrokCAFile: cfg.NgrokCAFile,
		Bridge: instance{control.NewClient(cfg.DataDir)}, URL: e.URL, Public: e.Public, OnCheck: e.OnCheck,
		OpenToOthers: desktop.OpenToOthers, HowToClose: desktop.HowToClose,
		Database: store.Inspect, Account: here.inquire,
		TryNgrok: func(ctx context.Context) (string, error) {
			token, _, err := here.keyring.Lookup(ctx, secret.Ngrok)
			if errors.Is(err, secret.ErrNotFound) {
				return "", doctor.ErrNoAuthtoken
			}
			if err != nil {
				return "", fault.Plain(err)
			}
			return CheckNgrokToken(ctx, token, cfg)
		},
	}
	return doctor.Examine(ctx, o)
}

// inquire asks Coda about the token, of the running App or of this process.
func (a *App) inquire(ctx context.Context) doctor.Account {
	known := a.vault.get().secrets
	token, source, trouble, loaded := known.coda, known.codaSource, known.trouble, known.loaded
	if !loaded {
		var found secrets
		a.lookup(ctx, secret.Coda, &found.coda, &found.codaSource, &found)
		token, source, trouble = found.coda, found.codaSource, found.trouble
	}
	account := doctor.Inquire(ctx, token, source, a.bases())
	if token == "" {
		account.Trouble = trouble
	}
	return account
}

// Examine is the button on the owner's page: the same doctor, from inside.
func (a *App) Examine(ctx context.Context) ([]state.Finding, error) {
	if !a.examining.TryLock() {
		return nil, errors.New("the doctor is at work already; wait for it to end")
	}
	defer a.examining.Unlock()
	r := Examine(ctx, Examination{Config: a.config()})
	lines := make([]state.Finding, 0, len(r.Checks))
	for _, c := range r.Checks {
		lines = append(lines, state.Finding{Name: c.Name, Label: c.Label, Status: string(c.Status), Means: c.Means, Next: c.Next})
	}
	return lines, nil
}

// rehearsalLife is how long the doctor's connection lives at most.
const rehearsalLife = 2 * time.Minute

// controlRehearse approves the doctor's own request and holds the answer open:
// when the doctor goes away, or takes too long, its connection ends.
func (a *App) controlRehearse(w http.ResponseWriter, r *http.Request) {
	client := r.FormValue("client")
	if err := a.oauth.ApproveRehearsal(r.Context(), r.FormValue("code"), client, r.FormValue("challenge")); err != nil {
		door.WriteResult(w, nil, err)
		return
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 5*time.Second)
		defer cancel()
		if err := a.oauth.EndRehearsal(ctx, client, doctor.ClientName); err != nil {
			a.log.Error("app: end the doctor's connection", "err", err)
		}
	}()
	door.WriteResult(w, nil, nil)
	_ = http.NewResponseController(w).Flush()
	select {
	case <-r.Context().Done():
	case <-time.After(rehearsalLife):
	}
}

// isDoctor tells the doctor's own request, which is worth no notification. A
// stranger that takes its name hides nothing but itself: what is approved is
// decided by its code, and the owner then sees the name.
func isDoctor(w oauth.Waiting) bool { return w.SelfNamed && w.Client == doctor.ClientName }

// endRehearsals removes what a doctor left behind that was killed together
// with the instance.
func (a *App) endRehearsals(ctx context.Context) error {
	grants, err := a.store.Grants(ctx)
	for _, g := range grants {
		if err == nil && g.SelfNamed && g.ClientID != "" && g.ClientName == doctor.ClientName {
			err = a.store.RemoveClient(ctx, g.ClientID)
		}
	}
	return err
}

// instance is the running instance as the doctor sees it.
type instance struct{ *control.Client }

// Status implements doctor.Bridge.
func (i instance) Status(ctx context.Context) (state.State, bool, error) {
	s, err := i.Client.Status(ctx)
	if errors.Is(err, control.ErrNotRunning) {
		return s, false, nil
	}
	return s, err == nil, err
}

// Account asks the instance what Coda says to its token.
func (i instance) Account(ctx context.Context) (a doctor.Account, err error) {
	err = i.Do(ctx, "doctor/account", &a)
	return a, err
}

// Forget removes the doctor's client and its connection.
func (i instance) EndRehearsal(ctx context.Context, clientID string) error {
	return i.Do(ctx, "doctor/forget", nil, "client", clientID)
}

// Approve approves the doctor's own request. The connection ends when release
// is called, or when this process ends.
func (i instance) Approve(ctx context.Context, r doctor.Rehearsal) (release func(), err error) {
	resp, err := i.Open(ctx, "doctor/approve", "code", r.Code, "client", r.ClientID, "challenge", r.Challenge)
	if err != nil {
		return nil, err
	}
	return func() { resp.Body.Close() }, nil
}

var _ doctor.Bridge = instance{}
