package state

import "time"

// UpdateState is what is known of newer versions.
type UpdateState struct {
	// Known says that this build knows where its releases are published; without
	// that it can ask nobody.
	Known bool `json:"known"`
	// On has it asked once a week, Decided that the owner has said yes or no.
	On      bool `json:"on"`
	Decided bool `json:"decided"`
	// Newest is a version that is newer than this one, empty when none is known,
	// and Link its page.
	Newest string `json:"newest,omitempty"`
	Link   string `json:"link,omitempty"`
	// Checked is when it was asked last; Trouble says why that failed.
	Checked time.Time `json:"checked,omitzero"`
	Trouble string    `json:"trouble,omitempty"`
	// New is the version that runs since the last update, until the owner has
	// seen what is new in it; News is that, from the changelog.
	New  string   `json:"new,omitempty"`
	News []string `json:"-"`
}

// NoticeState is one kind of notification.
type NoticeState struct {
	Kind string `json:"kind"`
	What string `json:"what"`
	On   bool   `json:"on"`
}

// Sentence says what is known; version is the one that runs.
func (u UpdateState) Sentence(version string) string {
	asks := "It asks nobody for newer versions."
	switch {
	case !u.Known:
		return "This is codabridge " + version + ". It does not know where its releases are published, so it asks nobody. Look where you got it for a newer one."
	case u.Newest != "":
		return "codabridge " + u.Newest + " is out: " + u.Link
	case u.On:
		asks = "It asks once a week whether there is a newer one."
	}
	if u.Checked.IsZero() {
		return "This is codabridge " + version + ". " + asks
	}
	return "codabridge " + version + " was the newest on " + u.Checked.Local().Format("2 January 2006") + ". " + asks
}
