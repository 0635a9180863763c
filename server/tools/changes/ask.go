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
	clockSlack  = time.Minute      // by which a clock may be put right
	mostAsked   = 20               // questions of one connection that wait
	// askAgain is how often a question is looked at that another program may
	// answer.
	askAgain = 2 * time.Second
)

// lives is how long questions are good from now on.
func (j *Journal) lives() store.Lives {
	return store.Lives{Now: j.o.Now(), Waiting: askLives, Answered: yesLives, ClockMayGoBack: clockSlack}
}

// Proposal is a change before it is made.
type Proposal struct {
	Sentence, Why      string
	Doc, DocName, Link string
	Parts              []Part
	Writes             []Write // what it sends, by which another proposal is told apart
}

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
	Sentence  string          `json:"sentence"`
	Why       string          `json:"why"`
	Arguments json.RawMessage `json:"arguments"`
	Parts     []Part          `json:"parts"`
}

// digestOf tells proposals apart: by who makes the call, its exact arguments, and
// what it sends. So a yes is for what the owner saw, though names in the arguments
// may mean other things by now.
func digestOf(who caller.Caller, g *Gate, p Proposal) (string, error) {
	sum := sha256.New()
	e := json.NewEncoder(sum) // each part on a line of its own
	err := e.Encode([]any{who.ID, g.Tool, string(g.Args)})
	for _, w := range p.Writes {
		if err == nil {
			err = e.Encode([]any{w.Operation, plainArgs(w.Args)})
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), err
}

// ask gets the owner's yes to a call of the caller of ctx. It waits a while;
// without an answer the error says that the same call again goes on. A yes works
// once, within ten minutes, and outlives the program.
func (j *Journal) ask(ctx context.Context, g *Gate, p Proposal) (yes string, waited bool, err error) {
	who := caller.From(ctx)
	digest, err := digestOf(who, g, p)
	if err != nil {
		return "", false, err
	}
	parts, err := json.Marshal(p.Parts)
	if err != nil {
		return "", false, err
	}
	q := store.Question{ID: "ask-" + newID(), Digest: digest, Connection: who.ID, Client: who.Name, Tool: g.Tool, Doc: p.Doc, DocName: p.DocName,
		Link: p.Link, Sentence: fault.Clip(p.Sentence, 400), Why: p.Why, Args: g.Args, Parts: parts}
	ctx, cancel := context.WithTimeoutCause(ctx, patienceOf(ctx), errPatience)
	defer cancel()
	for ; ; waited = true {
		j.mu.Lock()
		answered := j.answered
		j.mu.Unlock()
		done, err := j.asked(context.WithoutCancel(ctx), q)
		if done != "" || err != nil {
			return done, waited, err
		}
		if err := j.awaitAnswer(ctx, answered); err != nil {
			if context.Cause(ctx) == errPatience {
				err = fault.New(CodeAsked, "Nothing was written yet: the owner has been asked (%s) and has not answered. "+
					"Make just the same call again to go on; a changed one asks anew.", p.Why)
			}
			return "", waited, err
		}
	}
}

var errPatience = errors.New("the owner has not answered yet")

// patienceOf is how long a call waits for an answer: so long that it can be sent
// still.
func patienceOf(ctx context.Context) time.Duration {
	patience := askPatience
	if end, ok := ctx.Deadline(); ok {
		patience = min(patience, time.Until(end)-4*time.Second)
	}
	return max(patience, 0)
}

// awaitAnswer waits for the next answer of the owner, and no longer than until
// another program may have had it.
func (j *Journal) awaitAnswer(ctx context.Context, answered <-chan struct{}) error {
	var look <-chan time.Time
	if !j.o.Alone {
		timer := time.NewTimer(askAgain)
		defer timer.Stop()
		look = timer.C
	}
	select {
	case <-answered:
	case <-look:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// asked looks how a question stands; yes is its id when that is the answer.
func (j *Journal) asked(ctx context.Context, q store.Question) (yes string, err error) {
	file, err := j.open(ctx)
	if err != nil {
		return "", notKept(err)
	}
	q.Time = j.o.Now()
	found, added, err := file.Ask(ctx, q, mostAsked, j.lives())
	switch {
	case errors.Is(err, store.ErrTooMany):
		return "", fault.New(CodeAsked, "Nothing was written: %d changes of this connection wait for the owner already. Wait for the owner's answers.", mostAsked)
	case err != nil:
		return "", notKept(err)
	case added:
		j.changed()
	}
	switch found.Answer {
	case "yes":
		return found.ID, nil
	case "no":
		more := ""
		if found.Word != "" {
			more = " The owner says: " + words.Quote(found.Word) + "."
		}
		return "", fault.New(CodeRefused, "Nothing was written: the owner said no to this change.%s Do not try it again in another form.", more)
	}
	return "", nil
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
		p := Pending{ID: q.ID, Time: q.Time, Ends: q.Time.Add(askLives), Connection: q.Connection, Client: q.Client, Tool: q.Tool,
			Document: q.Doc, DocName: q.DocName, Link: q.Link, Sentence: q.Sentence, Why: q.Why, Arguments: q.Args}
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
	return file.CountWaiting(ctx, j.o.Now().Add(-askLives))
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
	j.mu.Lock()
	close(j.answered)
	j.answered = make(chan struct{})
	j.mu.Unlock()
	j.changed()
	return nil
}

// NotPending says that no change of an id waits.
func NotPending(id string) error {
	return fault.New(CodeNoChange, "No change %q waits for an answer any more.", fault.Clip(id, 40))
}
