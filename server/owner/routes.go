package owner

import "codabridge/server/door"

// Routes are what the owner's browser may reach.
func (o *Owner) Routes() []door.Route {
	session := door.Guard{Name: "session", Admit: o.admit}
	const get, post = "GET", "POST"
	return []door.Route{
		door.At(get, door.Open, door.SameOrigin, o.serveOwnerShell, "/"),
		door.At(post, door.Open, door.SameOrigin, o.openSession, "/session"),
		door.At(get, session, door.SameOrigin, o.serveView, "/view"),
		door.At(post, session, door.SameOrigin, o.saveCodaToken, "/coda-token"),
		door.At(post, session, door.SameOrigin, o.forgetCodaToken, "/coda-token/forget"),
		door.At(post, session, door.SameOrigin, o.saveNgrokToken, "/ngrok-token"),
		door.At(post, session, door.SameOrigin, o.importNgrokToken, "/ngrok-token/import"),
		door.At(post, session, door.SameOrigin, o.forgetNgrokToken, "/ngrok-token/forget"),
		door.At(post, session, door.SameOrigin, o.askKeyring, "/keyring"),
		door.At(post, session, door.SameOrigin, o.savePublicURL, "/public-url"),
		door.At(post, session, door.SameOrigin, o.dismissWarning, "/warning/dismiss"),
		door.At(post, session, door.SameOrigin, o.start, "/start"),
		door.At(post, session, door.SameOrigin, o.stop, "/stop"),
		door.At(post, session, door.SameOrigin, o.setToolset, "/toolset"),
		door.At(post, session, door.SameOrigin, o.setReadOnly, "/read-only"),
		door.At(post, session, door.SameOrigin, o.setIndex, "/index/enabled"),
		door.At(post, session, door.SameOrigin, o.pauseIndex, "/index/pause"),
		door.At(post, session, door.SameOrigin, o.rebuildIndex, "/index/rebuild"),
		door.At(post, session, door.SameOrigin, o.excludeDocument, "/index/exclude"),
		door.At(post, session, door.SameOrigin, o.findRequest, "/approve/find"),
		door.At(post, session, door.SameOrigin, o.bringKnock, "/knock/bring"),
		door.At(post, session, door.SameOrigin, o.allowKnock, "/knock/allow"),
		door.At(post, session, door.SameOrigin, o.ignoreKnock, "/knock/ignore"),
		door.At(post, session, door.SameOrigin, o.forgetHost, "/hosts/forget"),
		door.At(post, session, door.SameOrigin, o.approve, "/approve"),
		door.At(post, session, door.SameOrigin, o.deny, "/deny"),
		door.At(post, session, door.SameOrigin, o.examine, "/doctor"),
		door.At(post, session, door.SameOrigin, o.revokeConnection, "/revoke"),
		door.At(get, door.Open, door.SameOrigin, door.ServeHealth, "/health"),
		door.At(get, door.Open, door.SameOrigin, door.ServeIcon, "/favicon.ico"),
		door.At(get, door.Open, door.SameOrigin, door.ServeStatic, "/static/style.css", "/static/owner.js", "/static/icon.png"),
	}
}
