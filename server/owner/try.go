package owner

import (
	"context"
	"encoding/json"

	"codabridge/server/caller"
	"codabridge/server/fault"
)

// tried is a tool that the owner can try, with the schema of its arguments.
type tried struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Input       json.RawMessage `json:"input"`
}

// tryTools lists what the owner can try, and as whom.
func (o *Owner) tryTools(context.Context, Form) (Answer, error) {
	tools := []tried{}
	for _, t := range o.desk.TryTools() {
		tools = append(tools, tried{t.Name, t.Title, t.Description, t.Input})
	}
	type who struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	all, s := []who{}, o.desk.State()
	for _, c := range s.Connections {
		all = append(all, who{c.ID, c.Shown()})
	}
	for _, c := range s.Stdio {
		all = append(all, who{c.ID, c.Shown()})
	}
	all = append(all, who{caller.LocalID, "programs on this computer"})
	return Answer{"tools": tools, "connections": all}, nil
}

// try calls a tool that reads and gives what a model would get, an error too.
func (o *Owner) try(ctx context.Context, form Form) (Answer, error) {
	args := form.Text("arguments")
	if args == "" {
		args = "{}"
	}
	if !json.Valid([]byte(args)) {
		return nil, fault.New(fault.CodeInput, "The arguments are not valid JSON. Correct them: they look like {\"query\": \"launch\"}.")
	}
	answer, status, err := o.desk.Try(ctx, form.Text("tool"), form.Text("connection"), []byte(args))
	return Answer{"answer": answer, "status": status}, err
}
