package caller

import "encoding/json"

// Operation is a tool as those see it who do not speak MCP.
type Operation struct {
	Name, Title, Description string
	// Input and Output are the JSON schemas of the arguments and the answer.
	Input, Output json.RawMessage
	// Writes says that it changes documents.
	Writes bool
}

// Status is how a call ended.
type Status string

// The ways a call ends.
const (
	StatusOK        Status = "ok"
	StatusError     Status = "error"     // the model was told what to do instead
	StatusRefused   Status = "refused"   // the caller may not do this
	StatusTimeout   Status = "timeout"   // our deadline passed
	StatusCancelled Status = "cancelled" // the client went away
	StatusFault     Status = "fault"     // a defect of ours, see the log
)
