package app

import (
	"encoding/json"
	"net/http"

	"codabridge/server/oauth"
	"codabridge/server/owner"
)

// control is the handler of the socket in the data folder: what the owner's
// commands may ask of a running instance. Who can open the socket is the owner.
func (a *App) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.State(), nil) })
	mux.HandleFunc("POST /approve", a.controlApprove)
	mux.HandleFunc("POST /deny", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, a.server.Deny(r.Context(), r.FormValue("code")))
	})
	mux.HandleFunc("POST /revoke", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, owner.ForOwner(a.oauth.Revoke(r.Context(), r.FormValue("id"))))
	})
	mux.HandleFunc("POST /read-only", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, a.SetReadOnly(r.FormValue("on") == "true"))
	})
	mux.HandleFunc("POST /link", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]string{"link": a.PrintableLink()}, nil)
	})
	mux.HandleFunc("POST /show", func(w http.ResponseWriter, _ *http.Request) { answer(w, nil, a.showOwner("")) })
	mux.HandleFunc("POST /reload", func(w http.ResponseWriter, r *http.Request) { a.loadSecrets(r.Context()); answer(w, nil, nil) })
	a.doctorControl(mux)
	a.indexControl(mux)
	return mux
}

func (a *App) controlApprove(w http.ResponseWriter, r *http.Request) {
	code, write := r.FormValue("code"), r.FormValue("write") == "true"
	who, err := a.oauth.Find(code)
	if err == nil {
		err = a.server.Approve(r.Context(), code, write)
	}
	if err != nil {
		answer(w, nil, owner.ForOwner(err))
		return
	}
	granted := WaitingRequest{Client: who.Client, SelfNamed: who.SelfNamed, RedirectHost: who.RedirectHost, Address: who.Address, Scopes: who.Scopes}
	if !write || a.ReadOnly() {
		granted.Scopes = []string{oauth.ScopeRead}
	}
	answer(w, granted, nil)
}

// answer writes v, or the error as a sentence.
func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		v = map[string]string{"error": err.Error()}
	}
	if v == nil {
		v = struct{}{}
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(http.ErrAbortHandler)
	}
}
