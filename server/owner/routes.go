package owner

import (
	"net/http"

	"codabridge/server/door"
)

// Routes are what the owner's browser may reach.
func (o *Owner) Routes() []door.Route {
	session := door.Guard{Name: "session", Admit: o.admit}
	const get, post = "GET", "POST"
	rows := []door.Route{
		door.At(get, door.Open, door.SameOrigin, o.serveOwnerShell, "/"),
		door.At(post, door.Open, door.SameOrigin, o.openSession, "/session"),
		door.At(get, session, door.SameOrigin, o.serveEvents, "/events"),
		door.At(get, session, door.SameOrigin, o.sealed(o.serveActivity), "/activity"),
		door.At(get, session, door.SameOrigin, o.sealed(o.exportActivity), "/activity/export"),
	}
	for _, a := range o.Actions() {
		rows = append(rows, door.At(post, session, door.SameOrigin, o.sealed(a.ServeHTTP), "/"+a.Name))
	}
	static := []string{"/static/style.css", "/static/owner.css", "/static/icon.png"}
	for _, name := range scripts() {
		static = append(static, "/static/"+name)
	}
	return append(rows,
		door.At(get, door.Open, door.SameOrigin, o.serveHealth, "/health", "/healthz"),
		door.At(get, door.Open, door.SameOrigin, door.ServeIcon, "/favicon.ico"),
		door.At(get, door.Open, door.SameOrigin, door.ServeStatic, static...),
	)
}

// serveHealth says that the door is open, and to who asks deep how all that is
// behind it does: words and numbers that are nobody's secret on this computer.
func (o *Owner) serveHealth(w http.ResponseWriter, req *http.Request) {
	if !door.AsksDeep(req) {
		door.ServeHealth(w, req)
		return
	}
	door.WriteJSON(w, http.StatusOK, o.health(req.Context()))
}
