package server

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// pollTime is how long the page's request for news waits for some.
const pollTime = 25 * time.Second

// sections of the owner's page, in order; each is a template of its own so
// that a change redraws no form that the owner is typing into.
var sections = []string{"status", "setup", "approve", "knocks", "connect", "connections", "index", "tools", "settings", "doctor"}

// serveOwnerShell is the page without any data; its script asks for the rest
// with the session secret.
func (s *Server) serveOwnerShell(w http.ResponseWriter, _ *http.Request) {
	s.writePage(w, http.StatusOK, "owner.html", nil)
}

type section struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// serveView gives the sections of the page; with ?after= it waits until they
// differ from what the page has.
func (s *Server) serveView(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := s.untilDrain(req.Context())
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, pollTime)
	defer stop()
	after := req.FormValue("after")
	for {
		changed := s.o.Desk.Changed()
		parts, version, err := s.view()
		if err != nil {
			s.log.Error("server: render owner's page", "err", err)
			writeError(w, http.StatusInternalServerError, "server_error", "The page could not be made; the log has the details.")
			return
		}
		if version != after || ctx.Err() != nil {
			writeJSON(w, http.StatusOK, map[string]any{"version": version, "sections": parts})
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

func (s *Server) view() (parts []section, version string, err error) {
	data, sum := s.ownerView(), fnv.New64a()
	for _, id := range sections {
		var b strings.Builder
		if err := pages().ExecuteTemplate(&b, id, data); err != nil {
			return nil, "", fmt.Errorf("server: section %s: %w", id, err)
		}
		html := strings.TrimSpace(b.String())
		fmt.Fprint(sum, html)
		parts = append(parts, section{ID: id, HTML: html})
	}
	return parts, fmt.Sprintf("%x", sum.Sum64()), nil
}

// ago says a time as people do; it is coarse, so that the page is not redrawn
// for every second.
func ago(t time.Time) string {
	d := time.Since(t)
	switch {
	case d < time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(d.Hours()))
	}
	return t.Format("2 Jan 2006")
}

func hostOf(link string) string {
	if u, err := url.Parse(link); err == nil && u.Host != "" {
		return u.Host
	}
	return link
}
