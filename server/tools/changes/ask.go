package changes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
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
	Kinds              []string
	Writes             []Write // what it sends, by which another proposal is told apart
}

// digestOf tells proposals apart: by who makes the call, its arguments, and what
// it sends. So a yes is for what the owner saw, though names in the arguments may
// mean other things by now. How a number is written, and in which order keys
// stand, makes no other call.
func digestOf(who caller.Caller, g *Gate, p Proposal) (string, error) {
	sum := sha256.New()
	e := json.NewEncoder(sum) // each part on a line of its own
	err := e.Encode([]any{who.ID, g.Tool, string(words.OneForm(g.Args))})
	for _, w := range p.Writes {
		var args []byte
		if err == nil {
			args, err = json.Marshal(w.Args)
		}
		if err == nil {
			err = e.Encode([]any{w.Operation, string(words.OneForm(args))})
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), err
}

// ask gets the owner's yes to a call of the caller of ctx. It waits a while;
// without an answer the error says that the same call again goes on. A yes works
// once, within ten minutes, and outlives the program. It is empty where none is
// needed any more.
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
		Link: p.Link, Sentence: fault.Clip(p.Sentence, 400), Why: p.Why, Kinds: strings.Join(p.Kinds, " "), Args: g.Args, Parts: parts}
	wait := waiting{j: j, gate: g, question: q, kinds: p.Kinds, answered: j.nextAnswer()}
	yes, err = j.asked(context.WithoutCancel(ctx), q)
	if yes != "" || err != nil {
		return yes, false, err
	}
	coda.LetGo(ctx) // how it is before is read anew after the wait
	err = wait.rest(ctx)
	return wait.yes, true, err
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
