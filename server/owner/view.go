package owner

import (
	"codabridge/server/door"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"
	"time"
)

// pollTime is how long the page's request for news waits for some.
const pollTime = 25 * time.Second

// sections of the owner's page, in order; each is a template of its own so
// that a change redraws no form that the owner is typing into.
var sections = []string{"status", "setup", "approve", "knocks", "connect", "connections", "programs", "index", "tools", "settings", "doctor"}

// serveOwnerShell is the page without any data; its script asks for the rest
// with the session secret.
func (o *Owner) serveOwnerShell(w http.ResponseWriter, _ *http.Request) {
	o.frame.WritePage(w, http.StatusOK, "owner.html", nil)
}

type section struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// serveView gives the sections of the page; with ?after= it waits until they
// differ from what the page has.
func (o *Owner) serveView(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := o.frame.UntilDrain(req.Context())
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, pollTime)
	defer stop()
	after := req.FormValue("after")
	for {
		changed := o.desk.Changed()
		parts, version, err := o.view()
		if err != nil {
			o.log.Error("server: render owner's page", "err", err)
			door.WriteError(w, http.StatusInternalServerError, "server_error", "The page could not be made; the log has the details.")
			return
		}
		if version != after || ctx.Err() != nil {
			door.WriteJSON(w, http.StatusOK, map[string]any{"version": version, "sections": parts})
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

func (o *Owner) view() (parts []section, version string, err error) {
	data, sum := o.ownerView(), fnv.New64a()
	for _, id := range sections {
		part, err := door.Render(id, data)
		if err != nil {
			return nil, "", fmt.Errorf("server: section %s: %w", id, err)
		}
		html := strings.TrimSpace(part)
		fmt.Fprint(sum, html)
		parts = append(parts, section{ID: id, HTML: html})
	}
	return parts, fmt.Sprintf("%x", sum.Sum64()), nil
}
