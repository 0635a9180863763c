package server

import (
	"context"
	"errors"
	"net/http"

	"codabridge/server/oauth"
	"codabridge/server/store"
)

// reply answers a form of the owner's page: a sentence to show beside it.
func reply(w http.ResponseWriter, sentence string, err error) {
	if err != nil {
		writeError(w, http.StatusUnprocessableEntity, "refused", err.Error())
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"message": sentence})
}

func (s *Server) saveCodaToken(w http.ResponseWriter, req *http.Request) {
	sentence, err := s.o.Desk.SaveCodaToken(req.Context(), req.PostFormValue("token"))
	reply(w, sentence, err)
}

func (s *Server) forgetCodaToken(w http.ResponseWriter, req *http.Request) {
	reply(w, "The Coda token is gone from the keyring.", s.o.Desk.ForgetCodaToken(req.Context()))
}

func (s *Server) askKeyring(w http.ResponseWriter, req *http.Request) {
	reply(w, "The keyring was read.", s.o.Desk.AskKeyring(req.Context()))
}

func (s *Server) saveNgrokToken(w http.ResponseWriter, req *http.Request) {
	sentence, err := s.o.Desk.SaveNgrokToken(req.Context(), req.PostFormValue("token"))
	reply(w, sentence, err)
}

func (s *Server) importNgrokToken(w http.ResponseWriter, req *http.Request) {
	sentence, err := s.o.Desk.ImportNgrokToken(req.Context())
	reply(w, sentence, err)
}

func (s *Server) forgetNgrokToken(w http.ResponseWriter, req *http.Request) {
	reply(w, "The ngrok authtoken is gone from the keyring.", s.o.Desk.ForgetNgrokToken(req.Context()))
}

func (s *Server) savePublicURL(w http.ResponseWriter, req *http.Request) {
	reply(w, "Saved.", s.o.Desk.SetPublicURL(req.Context(), req.PostFormValue("url")))
}

func (s *Server) dismissWarning(w http.ResponseWriter, _ *http.Request) {
	s.o.Desk.DismissWarning()
	reply(w, "", nil)
}

func (s *Server) start(w http.ResponseWriter, _ *http.Request) {
	s.o.Desk.Start()
	reply(w, "", nil)
}

func (s *Server) stop(w http.ResponseWriter, _ *http.Request) {
	s.o.Desk.Stop()
	reply(w, "", nil)
}

func (s *Server) setReadOnly(w http.ResponseWriter, req *http.Request) {
	on := req.PostFormValue("on") == "true"
	sentence := "Assistants may write again, where you allowed it."
	if on {
		sentence = "Read-only is on: no assistant can change anything."
	}
	reply(w, sentence, s.o.Desk.SetReadOnly(on))
}

func (s *Server) setToolset(w http.ResponseWriter, req *http.Request) {
	name := req.PostFormValue("toolset")
	reply(w, "Saved. ChatGPT keeps the list it saw: press Refresh in the connection's settings there.", s.o.Desk.SetToolset(name, req.PostForm["tools"]))
}

// findRequest shows what waits under a code, so that the owner decides on what
// they see.
func (s *Server) findRequest(w http.ResponseWriter, req *http.Request) {
	r, err := s.o.OAuth.Find(req.PostFormValue("code"))
	if err != nil {
		reply(w, "", ForOwner(err))
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"client": r.Client, "redirect_host": r.RedirectHost, "scopes": r.Scopes, "self_named": r.SelfNamed,
	})
}

// sentence is an error for the owner's eyes, written as one.
type sentence string

func (s sentence) Error() string { return string(s) }

const (
	errNoSuchCode   = sentence("No request waits under this code. Check it in your browser's tab; a request lives five minutes.")
	errTooMany      = sentence("Too many wrong codes were given. Wait a minute, then try the code in your browser again.")
	errNoConnection = sentence("There is no such connection any more.")
)

func (s *Server) approve(w http.ResponseWriter, req *http.Request) {
	err := s.Approve(req.Context(), req.PostFormValue("code"), req.PostFormValue("write") == "true")
	reply(w, "Approved. Your browser's tab goes on by itself.", err)
}

func (s *Server) deny(w http.ResponseWriter, req *http.Request) {
	reply(w, "Refused. The client was told no.", s.Deny(req.Context(), req.PostFormValue("code")))
}

func (s *Server) revokeConnection(w http.ResponseWriter, req *http.Request) {
	reply(w, "Revoked. It cannot read or write any more.", ForOwner(s.o.OAuth.Revoke(req.Context(), req.PostFormValue("id"))))
}

// Approve gives the owner's yes to the request that shows this code.
func (s *Server) Approve(ctx context.Context, code string, write bool) error {
	return ForOwner(s.o.OAuth.Approve(ctx, code, write))
}

// Deny gives the owner's no to the request that shows this code.
func (s *Server) Deny(ctx context.Context, code string) error {
	return ForOwner(s.o.OAuth.Deny(ctx, code))
}

// ForOwner turns errors of the rooms below into the owner's words.
func ForOwner(err error) error {
	switch {
	case errors.Is(err, oauth.ErrNoRequest):
		return errNoSuchCode
	case errors.Is(err, oauth.ErrTooManyCodes):
		return errTooMany
	case errors.Is(err, oauth.ErrNoConnection):
		return errNoConnection
	}
	for _, cause := range []error{store.ErrDiskFull, store.ErrReadOnly, store.ErrLocked} {
		if errors.Is(err, cause) {
			return sentence("This could not be stored: " + cause.Error() + ".")
		}
	}
	return err
}

// waitForOwner is the waiting page's long poll; it must end when we stop.
func (s *Server) waitForOwner(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := s.untilDrain(req.Context())
	defer cancel()
	s.o.OAuth.Wait(w, req.WithContext(ctx))
}
