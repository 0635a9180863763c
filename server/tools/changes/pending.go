package changes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"codabridge/server/fault"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/words"
)

// Pending is a change that waits for the owner.
type Pending struct {
	ID         string    `json:"id"`
	Time       time.Time `json:"time"`
	Ends       time.Time `json:"ends"` // when nobody is asked any more
	Connection string    `json:"connection"`
	Client     string    `json:"client"`
	Tool       string    `json:"tool"`
	Document   string    `json:"document,omitempty"`
	DocName    string    `json:"document_name,omitempty"`
	Link       string    `json:"link,omitempty"`
	// Sentence says what it would do, and Why why it waits.
	Sentence string `json:"sentence"`
	Why      string `json:"why"`
	// Held says why a yes to it is not taken just now; who lists them fills it in.
	Held string `json:"held,omitempty"`
	// Waits says that a call waits for the answer just now; where none does, the
	// same call again goes on.
	Waits     bool            `json:"waits"`
	Arguments json.RawMessage `json:"arguments"`
	Parts     []Part          `json:"parts"`
	// Former is the id under which the owner was shown it first, where another has
	// changed since what it would replace. Its parts say how that is now.
	Former string `json:"former,omitempty"`
	// Kinds are those that the change belongs to.
	Kinds  []string `json:"-"`
	digest string
}

// Pending lists the changes that wait for the owner, the oldest first.
func (j *Journal) Pending(ctx context.Context) ([]Pending, error) {
	out := []Pending{}
	file, err := j.open(ctx)
	if err != nil {
		return out, err
	}
	j.dropGone(ctx, file)
	all, err := file.Waiting(ctx, j.o.Now().Add(-askLives))
	for _, q := range all {
		p := Pending{ID: q.ID, Time: q.Time, Ends: q.Time.Add(askLives), Connection: q.Connection, Client: q.Client, Tool: q.Tool,
			Document: q.Doc, DocName: q.DocName, Link: q.Link, Sentence: q.Sentence, Why: q.Why, Arguments: q.Args,
			Kinds: strings.Fields(q.Kinds), Waits: j.awaited(q.Digest), Former: q.Former, digest: q.Digest}
		_ = json.Unmarshal(q.Parts, &p.Parts)
		out = append(out, p)
	}
	return out, err
}

// CountPending counts the changes that wait for the owner, by the connection. It
// makes no file where there is none.
func (j *Journal) CountPending(ctx context.Context) (map[string]int, error) {
	if !j.exists() {
		return nil, nil
	}
	file, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	j.dropGone(ctx, file)
	return file.CountWaiting(ctx, j.o.Now().Add(-askLives))
}

// dropGone drops the questions of processes that have ended without taking them
// back, and says how many there were.
func (j *Journal) dropGone(ctx context.Context, file *store.Store) int {
	if j.o.Gone == nil {
		return 0
	}
	n, err := file.DropAskers(ctx, j.o.Gone)
	if err != nil {
		j.o.Log.Warn("changes: drop what ended programs asked", "err", err)
	}
	return n
}

// Answer is the owner's answer to a question; word goes to the model with a no.
func (j *Journal) Answer(ctx context.Context, id string, yes bool, word string) error {
	file, err := j.open(ctx)
	if err != nil {
		return err
	}
	answer := "no"
	if yes {
		answer = "yes"
	}
	err = file.Answer(ctx, id, answer, fault.Clip(word, 300), j.lives())
	if errors.Is(err, store.ErrNotFound) {
		return NotPending(id)
	}
	if err != nil {
		return err
	}
	j.wake()
	j.changed()
	return nil
}

// Settle drops the questions to which no answer is needed any more, and says how
// many. A call that waits goes on.
func (j *Journal) Settle(ctx context.Context, needed func(Pending) bool) (dropped int, err error) {
	if !j.exists() {
		return 0, nil
	}
	all, err := j.Pending(ctx)
	if err != nil {
		return 0, err
	}
	file, err := j.open(ctx)
	for _, p := range all {
		if err == nil && !needed(p) {
			err = file.Withdraw(ctx, p.digest)
			dropped++
		}
	}
	if dropped > 0 {
		j.changed()
	}
	return dropped, err
}

// Moved says that what a change would replace is another than the owner was shown.
func Moved(p Pending) error {
	what := ""
	for _, part := range p.Parts {
		if part.Changed {
			what = fmt.Sprintf(" %s is now %s.", words.Quote(fault.Clip(part.Name, 80)), nowIs(part.Now))
			break
		}
	}
	return fault.New(CodeMoved, "This change is not allowed yet: what it would replace was changed since you were shown it.%s "+
		"It waits as %s now: look at it again, and say yes to that.", what, p.ID)
}

func nowIs(s string) string {
	if s == "" {
		return "empty"
	}
	return words.Quote(fault.ClipLine(s, 80))
}

// NotPending says that no change of an id waits.
func NotPending(id string) error {
	if id == "" {
		return fault.New(fault.CodeInput, "Say which change, by its ID; codabridge pending lists those that wait.")
	}
	return fault.New(CodeNoChange, "No change %q waits for an answer any more. codabridge pending lists those that do.", fault.Clip(id, 40))
}
