package state

// ToolsetState is the owner's choice of tools.
type ToolsetState struct {
	// Name is core, full or custom.
	Name string `json:"name"`
	// Choices are all tools there are; only the owner's page needs them.
	Choices []ToolChoice `json:"-"`
}

// TitleOf is what a person calls a tool, or empty where its name is of none.
func (s ToolsetState) TitleOf(name string) string {
	for _, c := range s.Choices {
		if c.Name == name {
			return c.Title
		}
	}
	return ""
}

// ToolChoice is one tool that the owner may offer.
type ToolChoice struct {
	Name, Title    string
	Writes, Chosen bool
}
