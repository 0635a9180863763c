package state

// AutostartState is the start at login.
type AutostartState struct {
	// Offered is false in the demo, which nobody wants at each login.
	Offered bool `json:"offered"`
	On      bool `json:"on"`
	// Note says why it is off though there is an entry, or is empty.
	Note string `json:"note,omitempty"`
	// Where is the file or the key of the registry that holds the entry.
	Where string `json:"where,omitempty"`
}
