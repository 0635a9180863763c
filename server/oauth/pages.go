package oauth

import (
	"net/http"
	"slices"
	"strconv"

	"codabridge/server/door"
	named "codabridge/server/fault"
)

// page is what oauth_message.html shows.
type page struct {
	Title, Text string
	Steps       []string
	Note        string // stands above the link
	Link        string // leads on, where there is somewhere to go
	LinkText    string
}

// The pages for what cannot be answered by a redirect. Each says what
// happened and the next step.
var (
	pageBadLink = page{Title: "This link is not complete",
		Text: "An app opened this page with an address that codabridge cannot read. Start again from the app."}
	pageUnknownClient = page{Title: "This connector is from an earlier set-up",
		Text:  "codabridge does not know it any more. That happens after a new installation, or when the connector was never approved.",
		Steps: []string{"In ChatGPT, Claude or the app you came from, remove the codabridge connector.", "Add it again with the same address.", "Approve it here."}}
	pageUnknownHost = page{Title: "codabridge does not know this app",
		Text: "The app describes itself at an address that is not on codabridge's list, and codabridge asks no unknown addresses. Nothing was sent anywhere. If the app can register itself instead, choose that."}
	pageBadDocument = page{Title: "This app's description cannot be used",
		Text: "The app names an address where it describes itself, and what stands there is not in order. Try again later, or ask its maker."}
	pageNoDocument = page{Title: "This app's description could not be fetched",
		Text: "The app describes itself at an address of its maker, and codabridge did not get it from there. Try again in a few minutes. If that does not help, look at the internet connection of the computer that runs codabridge, or ask the app's maker."}
	pageBusy = page{Title: "One moment",
		Text: "codabridge is asked about many apps just now, and looks up few at a time. Wait a minute, then reload this page."}
	pageBadRedirect = page{Title: "This app has to be connected anew",
		Text: "The app asks to be answered at another address than codabridge knows it by, so codabridge stopped here. Nothing was shared.",
		Steps: []string{"In ChatGPT, Claude or the app you came from, remove the codabridge connector.", "Add it again with the same address, and approve it.",
			"If this page comes again, the app may have changed its address: look for a newer codabridge."},
		Note: "If you did not start this yourself just now, close this page: a link that somebody made would look like this."}
	pageNoRedirect = page{Title: "This app left out where to answer",
		Text: "codabridge knows the app by more than one address, and the app did not say at which of them it waits. So codabridge stopped here. Nothing was shared.",
		Steps: []string{"Go back to the app, and start the connection once more.",
			"If this page comes again, tell the app's maker that redirect_uri is missing in the request."}}
	pageFault = page{Title: "codabridge could not do this just now",
		Text: "Something went wrong on the computer that runs it. Open codabridge there to see what, then reload this page."}
	pageDenied = page{Title: "The answer was no",
		Text: "Nothing was shared with the app, and you are not sent on to it."}
	pageFinished = page{Title: "This was approved already",
		Text: "The app got its answer. If it is not connected, start again from the app."}
)

func pageNoCookies(query string) page {
	return page{Title: "This browser keeps no cookies here",
		Text:  "codabridge knows your browser again by a cookie, and none came back. Nothing was shared.",
		Steps: []string{"Allow cookies for this address, or open the sign-in in your usual browser instead of the app's own window.", "Try again."},
		Link:  PathAuthorize + "?" + query, LinkText: "Try again"}
}

func pageExpired(query string) page {
	return page{Title: "This request has expired",
		Text: "Nobody approved it within five minutes, or the app asked anew. Nothing was shared.",
		Link: PathAuthorize + "?" + query, LinkText: "Try again"}
}

// waitingPage is what oauth_waiting.html shows.
type waitingPage struct {
	Host     string // where the codes go, first
	Address  string // that asked
	Name     string // in quotes when it is only what the client calls itself
	Self     bool
	Loopback bool
	Redirect string // the whole address where it is on no list
	Looks    string // how its host may look in a browser, where it is written otherwise
	Asker    string // begins the heading for a loopback address
	Scopes   []string
	Code     string
	Owner    string // "Approve on this computer"
	Command  string // that approves in a terminal
	Folder   bool   // it wants the data folder too, which is told to nobody elsewhere
	Wait     string // what the script polls and the page without one reloads
	Retry    string
}

func (s *Server) showWaiting(w http.ResponseWriter, req *request) {
	p := waitingPage{
		Host: place(req.redirect, req.from), Address: req.from.String(), Name: req.client.shownName(), Self: req.client.selfNamed, Scopes: s.plainScopes(req.scopes),
		Code: req.code, Wait: PathWait + "?" + req.query + "&" + shownParam + "=" + strconv.FormatInt(s.opt.Now().Unix(), 10), Retry: PathAuthorize + "?" + req.query,
	}
	if req.unlisted {
		p.Redirect = req.redirect
		p.Host, p.Looks = unlistedPlace(req.redirect, req.from)
	}
	p.Loopback, p.Asker = isLoopback(req.redirect), "A program on this computer"
	if !req.from.Local {
		p.Asker = "A program on another computer (" + req.from.String() + ")"
	}
	p.Command, p.Folder = "codabridge approve "+req.code, named.TypedFurther()
	if req.from.Local {
		p.Command, p.Folder = named.Typed(p.Command), false
	}
	if owner := s.opt.OwnerURL(); owner != "" {
		p.Owner = owner + "/#approve=" + req.code
	}
	s.render(w, http.StatusOK, "oauth_waiting.html", p)
}

func (s *Server) show(w http.ResponseWriter, status int, p page) {
	s.render(w, status, "oauth_message.html", p)
}

func (s *Server) render(w http.ResponseWriter, status int, name string, data any) {
	html, err := door.Render(name, data)
	if err != nil {
		s.opt.Log.Error("oauth: draw page", "page", name, "err", err)
		http.Error(w, "codabridge could not draw this page", http.StatusInternalServerError)
		return
	}
	pageHeaders(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(html))
}

// pageHeaders are for everything a browser shows or follows. The
// referrer policy is not no-referrer, which makes browsers send Origin: null.
// There is no Cross-Origin-Opener-Policy: with any, an app that opened the
// sign-in in a window of its own finds that window closed, and never hears of it.
func pageHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", door.PagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// shownName never leaves a client without a name.
func (c client) shownName() string {
	if c.name == "" {
		return "an app without a name"
	}
	return c.name
}

// label names a client in the log.
func (c client) label() string {
	if c.selfNamed {
		return `calls itself "` + c.shownName() + `"`
	}
	return c.shownName()
}

// plainScopes says in words what scopes allow.
func (s *Server) plainScopes(scopes []string) []string {
	words := []string{"Read and search your Coda docs"}
	if slices.Contains(scopes, ScopeWrite) {
		words = append(words, s.opt.Changes())
	}
	return words
}
