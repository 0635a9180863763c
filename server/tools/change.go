package tools

import (
	"cmp"
	"context"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// change is the answer of the writes that are not about rows.
type change struct {
	// Status is applied, queued or unknown; or dry_run when nothing was sent.
	Status   string           `json:"status"`
	Document *words.Reference `json:"document,omitempty"`
	ID       string           `json:"id,omitempty"`
	Name     string           `json:"name,omitempty"`
	URL      string           `json:"url,omitempty"`
	// Was says what stood there before it was deleted or replaced.
	Was      []string `json:"was,omitempty"`
	Diff     string   `json:"diff,omitempty"`
	Request  string   `json:"request_id,omitempty"`
	Warning  string   `json:"warning,omitempty"`
	Repeated bool     `json:"repeated,omitempty"`
	Note     string   `json:"note,omitempty"`
}

const changeSchema = `{"type":"object","properties":{
	"status":{"type":"string","enum":["applied","queued","unknown","dry_run"]},
	"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
	"id":{"type":"string"},"name":{"type":"string"},"url":{"type":"string"},
	"was":{"type":"array","items":{"type":"string"}},"diff":{"type":"string"},
	"request_id":{"type":"string"},"warning":{"type":"string"},"repeated":{"type":"boolean"},"note":{"type":"string"},"change":{"type":"string"}},
	"required":["status"],"additionalProperties":false}`

// applied is the status of writes that Coda does at once.
const applied = string(coda.Applied)

// queuedAnswer is what operations with a queued effect answer.
type queuedAnswer struct {
	RequestID string `json:"requestId"`
	ID        string `json:"id"`
}

// submitQueued sends a write by its operation and waits for it.
func (t *Tools) submitQueued(ctx context.Context, w changes.Write, out change) (change, error) {
	a, err := submit[queuedAnswer](ctx, t, w)
	if err != nil {
		return out, err
	}
	out.ID = cmp.Or(a.ID, out.ID)
	return t.conclude(ctx, a.RequestID, t.o.WriteWait, out), nil
}

// conclude waits for an accepted write and puts its state into the answer.
func (t *Tools) conclude(ctx context.Context, requestID string, budget time.Duration, out change) change {
	s := t.settle(ctx, requestID, budget)
	out.Status, out.Request, out.Warning = string(s.state), s.request, s.warning
	out.Note = words.Sentences(out.Note, s.note)
	return out
}

// read makes a read call by its operation.
func read[T any](ctx context.Context, t *Tools, operation string, args coda.Args) (T, error) {
	return coda.CallFor[T](ctx, t.o.Coda, operation, args)
}

// onlyID refuses names and links where something is deleted: what goes must
// have been looked at first.
func onlyID(argument string, form find.Form, ref, listTool string) error {
	if err := words.RefuseOdd(argument, ref); err != nil {
		return err
	}
	if !form.Fits(strings.TrimSpace(ref)) {
		return words.Say("To delete, %q must be an id, not %s. Call %s and give the id of what shall go.", argument, words.Quote(ref), listTool)
	}
	return nil
}

// docRef is the document as answers name it.
func docRef(d coda.Doc) *words.Reference { return &words.Reference{ID: d.ID, Name: d.Name} }

// some sets what was given in the arguments of an operation.
func some(args coda.Args, pairs ...any) coda.Args {
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		switch v := pairs[i+1].(type) {
		case string:
			if v != "" {
				args[name] = v
			}
		case *string:
			if v != nil {
				args[name] = *v
			}
		case *bool:
			if v != nil {
				args[name] = *v
			}
		case int:
			if v != 0 {
				args[name] = v
			}
		case []string:
			if len(v) > 0 {
				args[name] = v
			}
		}
	}
	return args
}

// nothingNew says that a change was asked for without any.
func nothingNew(fields string) error {
	return words.Say("Nothing to change was given. Give at least one of: %s.", fields)
}
