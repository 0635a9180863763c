package owner

import (
	"fmt"
	"net/http"
	"strings"

	"codabridge/server/door"
)

// sections of the owner's page, in order; each is a template of its own so
// that a change redraws no form that the owner is typing into.
var sections = []string{"status", "setup", "approve", "knocks", "connect", "connections", "activity", "changes", "programs", "index", "tools", "settings", "doctor"}

// serveOwnerShell is the page without any data; its script asks for the rest
// with the session secret.
func (o *Owner) serveOwnerShell(w http.ResponseWriter, _ *http.Request) {
	o.frame.WritePage(w, http.StatusOK, "owner.html", nil)
}

type section struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// view makes the sections of the page as they are now.
func (o *Owner) view() (parts []section, err error) {
	data := o.ownerView()
	for _, id := range sections {
		part, err := door.Render(id, data)
		if err != nil {
			return nil, fmt.Errorf("server: section %s: %w", id, err)
		}
		parts = append(parts, section{ID: id, HTML: strings.TrimSpace(part)})
	}
	return parts, nil
}
