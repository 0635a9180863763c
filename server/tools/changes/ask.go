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
	shown              string  // a hash of how it is, of what the owner is shown
	subject            subject
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

// agree gets the owner's yes to a call of the caller of ctx. After a wait the
// proposal is made anew: where another has changed meanwhile what it would
// replace, the owner has not seen that, and is asked again.
func (j *Journal) agree(ctx context.Context, g *Gate, p Proposal, anew func(context.Context) (Proposal, error)) (yes string, err error) {
	former := ""
	for {
		found, rested, err := j.ask(ctx, g, p, former)
		if err != nil || !rested {
			return found.ID, err
		}
		now, err := anew(ctx)
		if err != nil || found.ID == "" || now.Why == "" || now.shown == found.Shown {
			return found.ID, err
		}
		now.Parts, former = since(p.Parts, now.Parts), found.ID
		p = now
	}
}

// ask asks the owner. It waits a while; without an answer the error says that the
// same call again goes on. A yes works once, within ten minutes, and outlives the
// program. found is the question that was answered with yes, the zero one where no
// answer is needed any more. former is the question that this one follows.
func (j *Journal) ask(ctx context.Context, g *Gate, p Proposal, former string) (found store.Question, waited bool, err error) {
	q, err := j.question(ctx, g, p)
	if err != nil {
		return store.Question{}, false, err
	}
	q.Former = former
	wait := waiting{j: j, gate: g, question: q, kinds: p.Kinds, answered: j.nextAnswer()}
	found, err = j.asked(context.WithoutCancel(ctx), q, followed)
	if found.Answer == "yes" || err != nil {
		return found, false, err
	}
	wait.question.Former = found.Former
	coda.LetGo(ctx) // how it is before is read anew after the wait
	err = wait.rest(ctx)
	return wait.yes, true, err
}

// question is what is asked of a proposal.
func (j *Journal) question(ctx context.Context, g *Gate, p Proposal) (q store.Question, err error) {
	who := caller.From(ctx)
	q = store.Question{ID: "ask-" + newID(), Time: j.o.Now(), Connection: who.ID, Client: who.Name, Tool: g.Tool, Doc: p.Doc, DocName: p.DocName,
		Link: p.Link, Sentence: fault.Clip(p.Sentence, 400), Why: p.Why, Kinds: strings.Join(p.Kinds, " "), Args: g.Args, Shown: p.shown}
	q.Digest, err = digestOf(who, g, p)
	if err == nil {
		q.Parts, err = json.Marshal(p.Parts)
	}
	if err == nil {
		q.Subject, err = json.Marshal(p.subject)
	}
	if err == nil && j.o.Present != nil {
		q.Asker, err = j.o.Present()
	}
	return q, err
}

// asked looks how a question stands. A no is an error.
func (j *Journal) asked(ctx context.Context, q store.Question, anew func(was, q store.Question) store.Question) (store.Question, error) {
	file, err := j.open(ctx)
	if err != nil {
		return q, notKept(err)
	}
	q.Time = j.o.Now()
	found, added, err := file.Ask(ctx, q, mostAsked, j.lives(), anew)
	if errors.Is(err, store.ErrTooMany) && j.dropGone(ctx, file) > 0 {
		found, added, err = file.Ask(ctx, q, mostAsked, j.lives(), anew)
	}
	switch {
	case errors.Is(err, store.ErrTooMany):
		return q, fault.New(CodeAsked, "Nothing was written: %d changes of this connection wait for the owner already. Wait for the owner's answers.", mostAsked)
	case err != nil:
		return q, notKept(err)
	case added:
		j.changed()
	}
	if found.Answer == "no" {
		more := ""
		if found.Word != "" {
			more = " The owner says: " + words.Quote(found.Word) + "."
		}
		return q, fault.New(CodeRefused, "Nothing was written: the owner said no to this change.%s Do not try it again in another form.", more)
	}
	return found, nil
}
