package state

import "slices"

// The views of the owner's page, by the names in their addresses ("/#changes").
// They are named in one-time links too, so that the icon, a notification or a
// command opens the page where something waits.
const (
	ViewHome        = "home"
	ViewActivity    = "activity"
	ViewChanges     = "changes"
	ViewConnections = "connections"
	ViewSearch      = "search"
	ViewPrograms    = "programs"
	ViewSettings    = "settings"
	ViewDoctor      = "doctor"
)

// ViewApprove is ViewHome with the cursor in the field for a sign-in's code.
const ViewApprove = "approve"

// Views are the names of all views, in the order of the page.
var Views = []string{
	ViewHome, ViewActivity, ViewChanges, ViewConnections, ViewSearch, ViewPrograms, ViewSettings, ViewDoctor,
}

// IsView tells whether a link may name a view: one of Views, ViewApprove, or
// empty, which is ViewHome.
func IsView(name string) bool {
	return name == "" || name == ViewApprove || slices.Contains(Views, name)
}
