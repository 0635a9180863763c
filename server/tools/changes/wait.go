package changes

import (
	"context"
	"errors"
	"time"

	"codabridge/server/caller"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/words"
)

// waiting is a call that waits for the owner's answer to its question.
type waiting struct {
	j        *Journal
	gate     *Gate
	question store.Question
	kinds    []string
	answered <-chan struct{} // closed at the next answer

	yes store.Question // when it has come
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

// rest waits, and leaves its place to other calls meanwhile.
func (w *waiting) rest(ctx context.Context) (err error) {
	w.j.rests(w.question.Digest, 1)
	defer w.j.rests(w.question.Digest, -1)
	crowded := caller.Rest(ctx, func() (again bool) {
		patient, cancel := context.WithTimeoutCause(ctx, patienceOf(ctx), errPatience)
		defer cancel()
		err = w.wait(patient)
		return err == nil
	})
	w.outlive(ctx)
	if err == nil && crowded != nil {
		w.yes = store.Question{}
		err = Crowded(crowded)
	}
	return err
}

// Crowded says that a call cannot wait, or had no place after it has waited.
func Crowded(cause error) error {
	return fault.Wrap(cause, CodeHalted, "Nothing was written yet: too many calls are at work at once. Make just the same call again to go on.")
}

// wait waits for the answer, or until none is needed or none would help.
func (w *waiting) wait(ctx context.Context) error {
	for {
		decided := w.j.nextDecision()
		if done, err := w.settled(ctx); done || err != nil {
			return err
		}
		look, err := w.next(ctx, decided)
		if err != nil || !look {
			if err != nil {
				return err
			}
			continue
		}
		w.answered = w.j.nextAnswer()
		found, err := w.j.asked(context.WithoutCancel(ctx), w.question, nil)
		if err != nil {
			return err
		}
		if found.Answer == "yes" {
			w.yes = found
			return nil
		}
	}
}

// settled tells that the owner's decisions by now leave nothing to ask.
func (w *waiting) settled(ctx context.Context) (done bool, err error) {
	if why := w.gate.barred(ctx, w.question.Doc); why != "" {
		return false, words.Say("Nothing was written: %s", why)
	}
	if w.gate.why(ctx, w.kinds) != "" {
		return false, nil
	}
	w.withdraw(ctx)
	return true, nil
}

// next waits for something new; look says that it may be an answer, which another
// program may have had, too.
func (w *waiting) next(ctx context.Context, decided <-chan struct{}) (look bool, err error) {
	var again <-chan time.Time
	if !w.j.o.Alone {
		timer := time.NewTimer(askAgain)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case <-w.answered:
		return true, nil
	case <-again:
		return true, nil
	case <-decided:
		return false, nil
	case <-w.j.drained:
		return false, fault.New(CodeHalted, "Nothing was written yet: codabridge is ending, and the owner has not answered. Make just the same call again to go on.")
	case <-caller.Left(ctx):
		w.withdraw(ctx)
		return false, fault.New(CodeHalted, "Nothing was written: who asked has left before the owner answered, so the question was taken back.")
	case <-ctx.Done():
	}
	if context.Cause(ctx) == errPatience {
		again := ""
		if w.question.Former != "" {
			again = " again, since another has changed meanwhile what this would replace"
		}
		return false, fault.New(CodeAsked, "Nothing was written yet: the owner has been asked%s (%s) and has not answered. "+
			"Make just the same call again to go on; a changed one asks anew.", again, w.question.Why)
	}
	return false, ctx.Err()
}

// withdraw takes the question back.
func (w *waiting) withdraw(ctx context.Context) {
	file, err := w.j.open(ctx)
	if err == nil {
		err = file.Withdraw(ctx, w.question.Digest)
	}
	if err != nil && !words.IsContext(err) {
		w.j.o.Log.Warn("changes: take a question back", "err", err)
	}
	w.j.changed()
}

// outlive leaves the question to the same call of another process, since this one
// waits no more.
func (w *waiting) outlive(ctx context.Context) {
	if w.question.Asker == "" {
		return
	}
	file, err := w.j.open(ctx)
	if err == nil {
		err = file.Outlive(ctx, w.question.Digest, w.question.Asker)
	}
	if err != nil && !words.IsContext(err) {
		w.j.o.Log.Warn("changes: keep a question", "err", err)
	}
}

// nextAnswer is closed at the next answer of the owner.
func (j *Journal) nextAnswer() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.answered
}

// nextDecision is closed when the owner may have decided something else.
func (j *Journal) nextDecision() <-chan struct{} {
	if j.o.Changed == nil {
		return nil
	}
	return j.o.Changed()
}

// rests counts the calls that wait for the answer to a question.
func (j *Journal) rests(digest string, more int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.resting[digest] += more
	if j.resting[digest] == 0 {
		delete(j.resting, digest)
	}
}

// awaited tells whether a call of this program waits for the answer to a question.
func (j *Journal) awaited(digest string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.resting[digest] > 0
}

// wake has all calls that wait look at their questions.
func (j *Journal) wake() {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.answered)
	j.answered = make(chan struct{})
}

// Drain ends the waits of calls, each of which says so; their questions stay. It
// is called once, when the program ends.
func (j *Journal) Drain() { close(j.drained) }
