package changes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"codabridge/server/caller"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/words"
)

// How long things of a question last.
const (
	askPatience = 40 * time.Second // a call waits for the answer
	askLives    = time.Hour        // a question that nobody answers
	yesLives    = 10 * time.Minute // an answer that nobody comes for
	mostAsked   = 20               // questions of one connection that wait
)

// Proposal is a change before it is made.
type Proposal struct {
	Sentence, DocName string
	Parts             []Part
}

// Pending is a change that waits for the owner.
type Pending struct {
	ID         string          `json:"id"`
	Time       time.Time       `json:"time"`
	Connection string          `json:"connection"`
	Client     string          `json:"client"`
	Tool       string          `json:"tool"`
	DocName    string          `json:"document_name,omitempty"`
	Sentence   string          `json:"sentence"`
	Arguments  json.RawMessage `json:"arguments"`
	Parts      []Part          `json:"parts"`
}

// Ask gets the owner's yes to a call of the caller of ctx with exactly these
// arguments. It waits a while; without an answer the error says that the same
// call again goes on. A yes works once, within ten minutes, and outlives the
// program.
func (j *Journal) Ask(ctx context.Context, tool string, args []byte, p Proposal) error {
	who := caller.From(ctx)
	sum := sha256.Sum256([]byte(who.ID + "\x00" + tool + "\x00" + string(args)))
	parts, err := json.Marshal(p.Parts)
	if err != nil {
		return err
	}
	q := store.Question{ID: "ask-" + newID(), Digest: hex.EncodeToString(sum[:]), Connection: who.ID, Client: who.Name, Tool: tool,
		DocName: p.DocName, Sentence: fault.Clip(p.Sentence, 400), Args: args, Parts: parts}
	patience := askPatience
	if end, ok := ctx.Deadline(); ok {
		patience = min(patience, time.Until(end)-4*time.Second)
	}
	timer := time.NewTimer(max(patience, 0))
	defer timer.Stop()
	for {
		j.mu.Lock()
		answered := j.answered
		j.mu.Unlock()
		done, err := j.asked(ctx, q)
		if done || err != nil {
			return err
		}
		select {
		case <-answered:
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return fault.New(CodeAsked, "Nothing was written yet: the owner has been asked and has not answered. Make just the same call again to go on; a changed one asks anew.")
		}
	}
}

// asked looks how a question stands; done says that it is a yes.
func (j *Journal) asked(ctx context.Context, q store.Question) (done bool, err error) {
	file, err := j.open(ctx)
	if err != nil {
		return false, notKept(err)
	}
	now := j.o.Now()
	q.Time = now
	found, added, err := file.Ask(ctx, q, mostAsked, now.Add(-askLives), now.Add(-yesLives))
	switch {
	case errors.Is(err, store.ErrTooMany):
		return false, fault.New(CodeAsked, "Nothing was written: %d changes of this connection wait for the owner already. Wait for the owner's answers.", mostAsked)
	case err != nil:
		return false, notKept(err)
	case added:
		j.changed()
	}
	switch found.Answer {
	case "yes":
		return true, nil
	case "no":
		more := ""
		if found.Word != "" {
			more = " The owner says: " + words.Quote(found.Word) + "."
		}
		return false, fault.New(CodeRefused, "Nothing was written: the owner said no to this change.%s Do not try it again in another form.", more)
	}
	return false, nil
}

// Pending lists the changes that wait for the owner, the oldest first.
func (j *Journal) Pending(ctx context.Context) ([]Pending, error) {
	out := []Pending{}
	file, err := j.open(ctx)
	if err != nil {
		return out, err
	}
	all, err := file.Waiting(ctx, j.o.Now().Add(-askLives))
	for _, q := range all {
		p := Pending{ID: q.ID, Time: q.Time, Connection: q.Connection, Client: q.Client, Tool: q.Tool, DocName: q.DocName,
			Sentence: q.Sentence, Arguments: q.Args}
		_ = json.Unmarshal(q.Parts, &p.Parts)
		out = append(out, p)
	}
	return out, err
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
	err = file.Answer(ctx, id, answer, fault.Clip(word, 300), j.o.Now())
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(CodeNoChange, "No change %q waits for an answer any more.", fault.Clip(id, 40))
	}
	if err != nil {
		return err
	}
	j.mu.Lock()
	close(j.answered)
	j.answered = make(chan struct{})
	j.mu.Unlock()
	j.changed()
	return nil
}

// mostPreviewed is how many things of a change are shown before it is made.
const mostPreviewed = 100

// preview says what a write changes, before it is made.
func preview(w *Write, before Image) []Part {
	c := &change{args: w.Args, before: before}
	c.Operation = w.Operation
	c.before.Columns = columnsOf(w.Columns)
	parts := c.remains()
	if u, ok := contentOf(w.Args); ok {
		parts = append(parts, Part{Name: "text", After: u.CanvasContent.Content})
	}
	edits := field[[]rowEdit](w.Args, "rows")
	if w.Args["row"] != nil {
		edits, parts = []rowEdit{field[rowEdit](w.Args, "row")}, nil
	}
	for i, e := range edits {
		for _, cell := range e.Cells {
			col := column(c.before.Columns, cell.Column)
			part := Part{Name: col.Name, After: words.CellWords(cell.Value)}
			if i < len(before.Rows) && w.Operation == "updateRow" {
				raw, _ := before.Rows[i].Values.Text(col.ID)
				part.Before = shownCell(raw, col)
			}
			parts = append(parts, part)
		}
	}
	return parts[:min(len(parts), mostPreviewed)]
}
