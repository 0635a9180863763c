package app

import (
	"math"
	"net/http"

	"codabridge/app/doctor"
	"codabridge/server/door"
)

// socket is the handler of the socket in the data folder: the owner's actions,
// by name, and the few other things that the owner's commands ask of a running
// instance.
func (a *App) socket() http.Handler {
	mux := http.NewServeMux()
	on := func(name string, do func(r *http.Request) (any, error)) {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
			v, err := do(r)
			door.WriteResult(w, v, err)
		})
	}
	for _, action := range a.server.Actions() {
		mux.Handle("POST /"+action.Name, action)
	}
	on("status", func(*http.Request) (any, error) { return a.State(), nil })
	on("link", func(r *http.Request) (any, error) {
		view := r.FormValue("view")
		return map[string]string{"link": a.PrintableLink(view)}, checkView(view)
	})
	on("show", func(r *http.Request) (any, error) { return nil, a.showOwner(r.FormValue("view")) })
	on("reload", func(r *http.Request) (any, error) { a.loadSecrets(r.Context()); return nil, nil })
	on("search", func(r *http.Request) (any, error) { return a.Search(r.Context(), r.FormValue("query")) })
	on("index", func(*http.Request) (any, error) { return a.indexState(math.MaxInt), nil })
	on("client-ids", func(r *http.Request) (any, error) { return a.ownClients(r.Context()) })
	on("doctor/account", func(r *http.Request) (any, error) { return a.inquire(r.Context()), nil })
	on("doctor/forget", func(r *http.Request) (any, error) {
		return nil, a.oauth.EndRehearsal(r.Context(), r.FormValue("client"), doctor.ClientName)
	})
	mux.HandleFunc("POST /doctor/approve", a.controlRehearse)
	mux.HandleFunc("POST /activity", a.serveActivity)
	mux.HandleFunc("POST /stdio", a.joinStdio)
	return mux
}
