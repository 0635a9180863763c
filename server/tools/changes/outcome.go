package changes

import (
	"encoding/json"

	"codabridge/server/coda"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
)

// outcomeOf says what became of a write by Coda's answer to it.
func outcomeOf(answer any, err error) store.Outcome {
	switch {
	case err == nil:
	case coda.NothingDone(err):
		return store.Outcome{State: store.Failed, Trouble: said(err)}
	default:
		return store.Outcome{State: store.Unknown, Trouble: "Coda did not answer, so it is not known whether this was done."}
	}
	o := store.Outcome{State: store.Applied}
	o.Answer, err = json.Marshal(answer)
	if err != nil {
		o.Answer = nil
	}
	var a struct{ RequestID string }
	if json.Unmarshal(o.Answer, &a) == nil && a.RequestID != "" {
		o.State, o.Request = store.Queued, a.RequestID
	}
	return o
}

// idIn is the id of what a write made, by Coda's answer, or empty.
func idIn(answer []byte) string {
	var a struct{ ID string }
	if json.Unmarshal(answer, &a) != nil {
		return ""
	}
	return a.ID
}

// said is the sentence of an error.
func said(err error) string {
	if f, ok := fault.As(err); ok {
		return f.Sentence
	}
	if m, ok := coda.MessageOf(err); ok {
		return "Coda refused it: " + fault.Clip(m, 300)
	}
	return fault.Clip(err.Error(), 300)
}
