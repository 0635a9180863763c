package state

import (
	"fmt"
	"time"
)

// IndexState is the search index in State.
type IndexState struct {
	Enabled bool `json:"enabled"`
	Paused  bool `json:"paused"`
	// Percent is how much of the docs is in it; 100 only when all is.
	Percent    int `json:"percent"`
	Docs       int `json:"docs"`
	Pages      int `json:"pages"`
	PagesRead  int `json:"pages_read"`
	Tables     int `json:"tables"`
	TablesRead int `json:"tables_read"`
	Rows       int `json:"rows"`
	// Skipped docs cannot be read with the token; Excluded ones are left out
	// by the owner.
	Skipped  int   `json:"skipped"`
	Excluded int   `json:"excluded"`
	Bytes    int64 `json:"bytes"`
	// Oldest is when the doc that was looked at longest ago was last known to
	// be stored as it is.
	Oldest time.Time `json:"oldest,omitzero"`
	// Work says what the crawler does now, Trouble why it cannot, Notice what
	// happened to the file; sentences, or empty.
	Work    string `json:"work,omitempty"`
	Trouble string `json:"trouble,omitempty"`
	Notice  string `json:"notice,omitempty"`
	// RequestsPerMinute and SecondsLeft are of the walk at work, else zero.
	RequestsPerMinute int `json:"requests_per_minute,omitempty"`
	SecondsLeft       int `json:"seconds_left,omitempty"`
	// Documents are those changed last, and all that are left out or have a
	// problem. More is how many others there are.
	Documents []IndexDocument `json:"documents"`
	More      int             `json:"more,omitempty"`
}

// IndexDocument is one doc in IndexState.
type IndexDocument struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Excluded bool   `json:"excluded,omitempty"`
	// Unseen is one that is left out before the index has seen it.
	Unseen     bool      `json:"unseen,omitempty"`
	Problem    string    `json:"problem,omitempty"`
	Pages      int       `json:"pages"`
	PagesRead  int       `json:"pages_read"`
	Tables     int       `json:"tables"`
	TablesRead int       `json:"tables_read"`
	Rows       int       `json:"rows"`
	Refused    int       `json:"refused,omitempty"`
	Checked    time.Time `json:"checked,omitzero"`
}

// Known is how many docs Documents would have if it had all.
func (s IndexState) Known() int { return len(s.Documents) + s.More }

// Size says the bytes as people do.
func (s IndexState) Size() string {
	switch mib := float64(s.Bytes) / (1 << 20); {
	case mib < 1:
		return fmt.Sprintf("%d KB", s.Bytes>>10)
	case mib < 1024:
		return fmt.Sprintf("%.0f MB", mib)
	default:
		return fmt.Sprintf("%.1f GB", mib/1024)
	}
}

// Left says the remaining time, roughly; empty when it is not known.
func (s IndexState) Left() string {
	switch {
	case s.SecondsLeft <= 0:
		return ""
	case s.SecondsLeft < 90:
		return "about a minute"
	case s.SecondsLeft < 100*60:
		return fmt.Sprintf("about %d minutes", (s.SecondsLeft+59)/60)
	case s.SecondsLeft < 48*3600:
		return fmt.Sprintf("about %d hours", (s.SecondsLeft+1800)/3600)
	}
	return fmt.Sprintf("about %d days", (s.SecondsLeft+43200)/86400)
}
