package owner

import (
	"context"

	"codabridge/server/fault"
)

func (o *Owner) quit(context.Context, Form) (Answer, error) {
	o.desk.Quit()
	return say("codabridge ends now."), nil
}

// leaveParts are the fields of uninstall, each a part of what is removed.
var leaveParts = []string{"login", "programs", "keyring", "data"}

func (o *Owner) uninstall(ctx context.Context, form Form) (Answer, error) {
	var parts []string
	for _, p := range leaveParts {
		if form.On(p) {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return nil, fault.New(fault.CodeInput, "Tick what should be removed.")
	}
	sentence, err := o.desk.Uninstall(ctx, parts)
	return say(sentence), err
}
