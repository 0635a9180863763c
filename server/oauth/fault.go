package oauth

import (
	"errors"
	"net/http"

	"codabridge/server/caller"
	"codabridge/server/door"
)

// fault is an error in OAuth's form: RFC 6749 sections 4.1.2.1 and 5.2, RFC
// 7591 section 3.2.2, RFC 8707 section 2.
type fault struct {
	Code   string `json:"error"`
	Text   string `json:"error_description,omitempty"`
	status int    // HTTP status where it is a JSON answer; 0 means 400
	basic  bool   // the client used the Authorization header
}

func (f *fault) Error() string { return f.Code + ": " + f.Text }

func invalidRequest(text string) *fault { return &fault{Code: "invalid_request", Text: text} }
func invalidGrant(text string) *fault   { return &fault{Code: "invalid_grant", Text: text} }

// refuse answers with err as JSON and writes the line of the log. Anything
// that is not a fault is ours: the client learns only that it was not its own.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var f *fault
	if !errors.As(err, &f) {
		s.opt.Log.Error("oauth: request failed", "path", r.URL.Path, "addr", caller.AddressFrom(r.Context()).Key, "err", err)
		f = &fault{Code: "server_error", Text: "codabridge could not do this just now", status: http.StatusInternalServerError}
	} else {
		s.opt.Log.Info("oauth: refused", "path", r.URL.Path, "addr", caller.AddressFrom(r.Context()).Key, "error", f.Code, "reason", f.Text)
	}
	if f.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "10")
	}
	if f.basic && f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="codabridge", charset="UTF-8"`)
	}
	status := f.status
	if status == 0 {
		status = http.StatusBadRequest
	}
	door.WriteJSON(w, status, f)
}

func tooMany() *fault {
	return &fault{Code: "temporarily_unavailable", Text: "too many requests; try again in a moment", status: http.StatusTooManyRequests}
}
