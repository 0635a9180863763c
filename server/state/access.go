package state

// ReachState is what a connection may see, as it is now.
type ReachState struct {
	// Documents are the ids of the only docs it may reach, none means all; DocNames
	// are their names, or the ids where a name is not known.
	Documents []string `json:"documents,omitempty"`
	DocNames  []string `json:"document_names,omitempty"`
}

// Shown is the program's name as a view shows it.
func (s StdioState) Shown() string { return s.Client }

// Document is one that a connection can be let see.
type Document struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}
