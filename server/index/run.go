package index

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// Run crawls until ctx ends. Only one process may run it on a file.
func (x *Index) Run(ctx context.Context) {
	defer x.closeDB()
	var catching sync.WaitGroup
	defer catching.Wait()
	catching.Go(func() { x.catchUp(ctx) })
	failures := 0
	for ctx.Err() == nil {
		wait, err := x.turn(ctx)
		if err == nil {
			failures = 0
		} else if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			failures++
			wait = x.troubled(err, failures)
		}
		x.rest(ctx, wait)
	}
}

// turn does what is to be done now and says how long there is nothing more.
// What it looks at may change while it looks, so it can be stopped from then
// on.
func (x *Index) turn(ctx context.Context) (time.Duration, error) {
	pass, stop := context.WithCancel(coda.WithBackground(ctx))
	defer stop()
	x.mu.Lock()
	x.stop = stop
	x.mu.Unlock()
	owner := x.o.Owner()
	switch {
	case !x.o.Enabled():
		x.say("", "")
		x.using.RLock()
		there := x.db != nil
		x.using.RUnlock()
		if there || exists(x.o.Path) {
			return time.Hour, x.remove()
		}
		return time.Hour, nil
	case owner == "":
		x.say("", "There is no Coda token yet.")
		return time.Hour, nil
	}
	if x.harmed() {
		return 0, store.ErrDamaged
	}
	if err := x.open(ctx, owner); err != nil {
		return 0, err
	}
	if x.o.Paused() {
		x.say("", "")
		return time.Hour, nil
	}
	x.mu.Lock()
	x.trouble, x.began = "", x.o.Now()
	x.mu.Unlock()
	x.requests.Store(0)
	return x.passed(x.crawl(pass, owner))
}

// passed says how a pass went, and when the next one begins.
func (x *Index) passed(err error) (time.Duration, error) {
	var left errPutOff
	switch {
	case errors.As(err, &left):
		x.say("", fmt.Sprintf("Coda did not give %d pages, tables or docs when they were asked for; "+
			"they are tried again by and by. The reasons are in the log.", left.things))
		x.mu.Lock()
		x.partial = true
		x.mu.Unlock()
		if left.cut {
			return min(x.o.Every, time.Minute), nil
		}
		return x.o.Every, nil
	case err == nil:
		x.say("", "")
	}
	return x.o.Every, err
}

// harmed tells once that a search met damage.
func (x *Index) harmed() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	was := x.damaged
	x.damaged = false
	return was
}

// rest waits, or until somebody pokes.
func (x *Index) rest(ctx context.Context, d time.Duration) {
	x.mu.Lock()
	x.work, x.next = "", x.o.Now().Add(d)
	x.mu.Unlock()
	x.changed(true)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-x.poke:
	case <-t.C:
	}
}

// troubled puts the trouble into words and says when to try again.
func (x *Index) troubled(err error, failures int) time.Duration {
	x.o.Log.Warn("index: crawl", "err", err)
	pause := min(30*time.Second<<min(failures-1, 5), 15*time.Minute, x.o.Every)
	sentence := "The search index cannot be kept: " + err.Error()
	var answer *coda.APIError
	switch {
	case errors.Is(err, store.ErrDamaged):
		if err := x.remove(); err != nil {
			x.o.Log.Error("index: remove", "err", err)
		} else {
			pause = time.Millisecond
		}
		sentence = "The search index was damaged and is made anew."
		x.note(sentence)
	case errors.Is(err, store.ErrDiskFull):
		sentence = "The disk is full, so the index cannot grow: free some space."
	case errors.Is(err, store.ErrReadOnly), errors.Is(err, store.ErrLocked):
		sentence = "The index cannot be written: " + err.Error()
	case coda.IsKind(err, coda.KindUnauthorized):
		sentence, pause = "Coda no longer accepts the token, so the index stands still.", time.Hour
	case coda.IsKind(err, coda.KindForbidden):
		sentence, pause = "The token may not list the docs, so there is no index. Name the docs it reaches in the setting documents.", time.Hour
	case coda.IsKind(err, coda.KindRateLimited, coda.KindStuck):
		sentence = "Coda refuses further requests for now; the index waits."
		pause = max(pause, time.Minute)
	case coda.IsKind(err, coda.KindNetwork):
		sentence = "Coda cannot be reached; the index goes on when it can."
	case errors.As(err, &answer):
		sentence = "Coda did not answer as it should; the index goes on by itself in a while."
	}
	x.say("", sentence)
	return pause
}

func (x *Index) say(work, trouble string) {
	x.mu.Lock()
	x.work, x.trouble, x.partial = work, trouble, false
	x.mu.Unlock()
	x.changed(false)
}

// changed tells that Status has, but not all the time.
func (x *Index) changed(now bool) {
	x.mu.Lock()
	at := x.o.Now()
	if since := at.Sub(x.told); !now && since >= 0 && since < time.Second {
		x.mu.Unlock()
		return
	}
	x.told, x.coverAt = at, time.Time{}
	x.coverRound++ // what is being read just now is older than this
	x.mu.Unlock()
	x.o.OnChange()
}

// noticed looks at an error of the database: a damaged file is thrown away
// and made anew by the crawler.
func (x *Index) noticed(err error) error {
	if errors.Is(err, store.ErrOtherOwner) {
		return fmt.Errorf("%w (%w)", ErrNone, err)
	}
	if errors.Is(err, store.ErrDamaged) && x.crawls() {
		x.mu.Lock()
		x.damaged = true
		x.mu.Unlock()
		x.Poke()
	}
	return err
}

// note is for what happened to the file; it stands for an hour.
func (x *Index) note(sentence string) {
	x.mu.Lock()
	x.notice, x.noticeAt = sentence, x.o.Now()
	x.mu.Unlock()
}
