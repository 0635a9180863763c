package door

import (
	"errors"
	"net/http"

	"codabridge/server/caller"
)

// Guard decides who may pass to a route's handler.
type Guard struct {
	// Name stands in the table of routes.
	Name string
	// Admit tells who the caller of a request is. It must not read the body.
	// Its error is a *Refusal, which says what to answer; any other one is a
	// fault. Nil admits everybody as nobody.
	Admit func(req *http.Request) (caller.Caller, error)
	// Unread leaves the body to the handler; else it comes whole and has at
	// most 64 KiB.
	Unread bool
}

// Open is the guard that lets everybody pass.
var Open = Guard{Name: "open"}

// Refusal is why a request was not admitted, and what it is answered.
type Refusal struct {
	Status int
	// Code is a word for programs, Sentence is for people.
	Code, Sentence string
	// Header is added to the answer.
	Header map[string]string
	// Answer writes the answer when code and sentence alone will not do.
	Answer http.HandlerFunc
}

// Error is the sentence.
func (r *Refusal) Error() string { return r.Sentence }

// Instead is what Admit returns for a request that is nobody's call and has an
// answer all the same, such as a person's look at the public URL.
type Instead http.HandlerFunc

// Error says that nobody was admitted.
func (Instead) Error() string { return "nobody was admitted" }

// admit applies the guard of a route: who may pass reaches the handler, and
// who they are travels in the context.
func (f *Frame) admit(w http.ResponseWriter, req *http.Request, d Name, r Route) {
	if r.Guard.Admit != nil {
		who, err := r.Guard.Admit(req)
		if err != nil {
			f.turnAway(w, req, err)
			return
		}
		req = req.WithContext(caller.With(req.Context(), who))
		w.Header().Set("Cache-Control", "no-store") // what follows stands in somebody's documents
	}
	if r.Guard.Unread {
		r.Handler(w, req)
		return
	}
	f.withPlace(w, req, d, func(w http.ResponseWriter, req *http.Request) { f.withWhole(w, req, r.Handler) })
}

// turnAway answers a request that its guard did not admit.
func (f *Frame) turnAway(w http.ResponseWriter, req *http.Request, err error) {
	var refusal *Refusal
	var instead Instead
	switch {
	case errors.As(err, &instead):
		instead(w, req)
		return
	case !errors.As(err, &refusal):
		f.log.Error("server: guard", "err", err)
		refusal = &Refusal{Status: http.StatusServiceUnavailable, Code: "temporarily_unavailable",
			Sentence: "codabridge cannot read its database just now; its owner sees why on the codabridge page."}
	}
	for name, value := range refusal.Header {
		w.Header().Set(name, value)
	}
	if refusal.Answer == nil {
		f.Refuse(w, req, refusal.Status, refusal.Code, refusal.Sentence)
		return
	}
	f.Note(req, refusal.Status, refusal.Code)
	HangUp(w, req)
	refusal.Answer(w, req)
}
