package owner

import (
	"fmt"
	"maps"
	"net/http"
	"strings"

	"codabridge/server/door"
	"codabridge/server/state"
)

// view is one of the page's views. Its file pages/owner_ID.html defines the
// template "view-ID", which is what stands there from the beginning and a place
// (an empty element with the id "s-SECTION") for each of its sections, and the
// templates of these.
type view struct {
	ID, Title string
	// Early says that there is something to see before there is a Coda token.
	Early bool
	// Script says that the view has a script of its own, static/ID.js; before it run
	// the Parts.
	Script bool
	Parts  []string
	// sections are drawn anew when they change, each by itself, so that no form
	// is redrawn that the owner is typing into.
	sections []string
	// waits counts what waits there for the owner; nil where nothing can.
	waits func(ownerView) int
}

// views are all of them, in order.
var views = []view{
	{ID: state.ViewHome, Title: "Home", Early: true, Script: true, sections: []string{"status", "setup", "waiting", "approve", "knocks", "news", "glance"},
		waits: func(v ownerView) int { return len(v.Waiting) + v.MoreWaiting + len(v.Unknown) + v.MoreUnknown }},
	{ID: state.ViewActivity, Title: "Activity", Script: true, sections: []string{"activity"}},
	{ID: state.ViewChanges, Title: "Changes", Script: true, Parts: []string{"pending.js"}, sections: []string{"changes"},
		waits: func(v ownerView) int { return v.Changes.Waiting }},
	{ID: state.ViewConnections, Title: "Connections", Script: true, sections: []string{"find", "connections", "clients", "connect"}},
	{ID: state.ViewSearch, Title: "Docs and search", Script: true, sections: []string{"index"}},
	{ID: state.ViewPrograms, Title: "Programs", sections: []string{"programs"}},
	{ID: state.ViewSettings, Title: "Settings", sections: []string{"settings", "notices", "tools"}},
	{ID: state.ViewDoctor, Title: "Doctor", Early: true, Script: true, sections: []string{"doctor"}},
}

// shell is what the page is before it is let in: no data of the owner's.
type shell struct {
	Scripts []string
	Views   []shellView
}

// shellView is a view with the markup that door.Part has made of its template.
type shellView struct {
	view
	HTML any
}

// scripts are the files of the page, in the order in which they run.
func scripts() []string {
	all := []string{"frame.js", "owner.js", "forms.js", "parts.js"}
	for _, v := range views {
		all = append(all, v.Parts...)
		if v.Script {
			all = append(all, v.ID+".js")
		}
	}
	return all
}

// serveOwnerShell is the page without any data; its script asks for the rest
// with the session secret.
func (o *Owner) serveOwnerShell(w http.ResponseWriter, _ *http.Request) {
	page := shell{Scripts: scripts()}
	for _, v := range views {
		html, err := door.Part("view-"+v.ID, nil)
		if err != nil {
			o.log.Error("server: render view", "view", v.ID, "err", err)
		}
		page.Views = append(page.Views, shellView{v, html})
	}
	o.frame.WritePage(w, http.StatusOK, "owner.html", page)
}

type section struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// drawing is the page as it is now, or what has changed in it.
type drawing struct {
	Sections []section `json:"sections"`
	// Waits says by view how much waits there for the owner.
	Waits map[string]int `json:"waits"`
	// Ready says that there is a Coda token.
	Ready bool `json:"ready"`
}

// draw makes the sections of the page as they are now.
func (o *Owner) draw() (drawing, error) {
	data := o.ownerView()
	d := drawing{Waits: map[string]int{}, Ready: data.Coda.Ready}
	for _, v := range views {
		if v.waits != nil {
			d.Waits[v.ID] = v.waits(data)
		}
		for _, id := range v.sections {
			part, err := door.Render(id, data)
			if err != nil {
				return d, fmt.Errorf("server: section %s: %w", id, err)
			}
			d.Sections = append(d.Sections, section{ID: id, HTML: strings.TrimSpace(part)})
		}
	}
	return d, nil
}

// since leaves only the sections that differ from those of an earlier drawing;
// news says whether anything does.
func (d drawing) since(before drawing) (left drawing, news bool) {
	had := map[string]string{}
	for _, s := range before.Sections {
		had[s.ID] = s.HTML
	}
	left = drawing{Waits: d.Waits, Ready: d.Ready}
	for _, s := range d.Sections {
		if html, known := had[s.ID]; !known || html != s.HTML {
			left.Sections = append(left.Sections, s)
		}
	}
	return left, len(left.Sections) > 0 || d.Ready != before.Ready || !maps.Equal(d.Waits, before.Waits)
}
