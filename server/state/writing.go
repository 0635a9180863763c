package state

import "time"

// WritingState is who may write for a while, or could be let: the connection
// whose leave runs now, else the one that asked last or called last.
type WritingState struct {
	// Connection is its id, empty when there is none to speak of.
	Connection string `json:"connection,omitempty"`
	Client     string `json:"client,omitempty"`
	// Until is when its leave to write ends by itself; zero when it has none, and
	// the owner can give it one.
	Until time.Time `json:"until,omitzero"`
}

// Line says it in a few words, as a thing to click; empty when there is nothing.
func (w WritingState) Line() string {
	switch {
	case w.Connection == "":
		return ""
	case w.Until.IsZero():
		return "Allow " + w.Client + " to write for 30 minutes"
	}
	return w.Client + " may write until " + w.Until.Local().Format("15:04") + ": end now"
}
