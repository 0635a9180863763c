package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"codabridge/app/config"
	"codabridge/server/tools/changes"
)

const changesName = "changes.db"

// Parts of the record of changes, for views.
type (
	Change       = changes.Entry
	ChangeDetail = changes.Detail
	ChangePart   = changes.Part
	UndoResult   = changes.Result
)

// newJournal makes the record of changes.
func (a *App) newJournal() *changes.Journal {
	return changes.New(changes.Options{
		Path: filepath.Join(a.config().DataDir, changesName), Coda: a.coda, Owner: a.indexOwner, Alone: true, ReadOnly: a.ReadOnly, Log: a.log,
		Enabled:  func() bool { return a.config().Changes },
		Blind:    func() bool { return a.config().BlindWrites },
		OnChange: func() { a.recorded.Add(1); a.update() },
		May:      func(ctx context.Context) bool { return a.tools.MayWrite(ctx) },
		OnNotice: func(sentence string) { a.warn(sentence) },
	})
}

// dropChanges removes the record with the token it was made with.
func (a *App) dropChanges() {
	journal := a.journal
	if journal == nil {
		journal = changes.New(changes.Options{Path: filepath.Join(a.config().DataDir, changesName)})
	}
	if err := journal.Erase(); err != nil {
		a.log.Error("app: remove the record of changes", "err", err)
	}
}

// SetChanges switches the record of changes on, or off, which removes it.
func (a *App) SetChanges(on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	var kept any
	if !on {
		kept = "off"
	}
	if err := a.config().Save("changes", kept); err != nil {
		return err
	}
	a.settings.set(func(c *config.Config) { c.Changes = on })
	defer a.update()
	if on {
		return nil
	}
	if err := a.journal.Erase(); err != nil {
		return fmt.Errorf("the record of changes is off, but its files could not be removed: %w", err)
	}
	return nil
}

// SetBlindWrites says whether a change is made though its state before cannot be
// read.
func (a *App) SetBlindWrites(on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	var kept any
	if !on {
		kept = false
	}
	if err := a.config().Save("blind_writes", kept); err != nil {
		return err
	}
	a.settings.set(func(c *config.Config) { c.BlindWrites = on })
	a.update()
	return nil
}

// mostChanges is how many changes one answer lists.
const mostChanges = 1000

// ListChanges gives what assistants changed, the last first. An empty since means
// all that is kept.
func (a *App) ListChanges(ctx context.Context, filter func(name string) string) (list any, more bool, err error) {
	q := changes.Query{Connection: filter("connection"), Document: filter("doc"), State: filter("state"), Older: filter("older"), Limit: 50}
	if n, err := strconv.Atoi(filter("limit")); err == nil && n > 0 {
		q.Limit = min(n, mostChanges)
	}
	if since := filter("since"); since != "" {
		q.Since, err = changes.ParseSince(since, time.Now())
		if err != nil {
			return nil, false, err
		}
	}
	all, err := a.journal.List(changes.AsOwner(ctx), q)
	return all, len(all) == q.Limit, err
}

// ShowChange gives one change with how it was, what was written, and how it is.
func (a *App) ShowChange(ctx context.Context, id string) (any, error) {
	return a.journal.Show(changes.AsOwner(ctx), id)
}

// Undo puts changes back in the order given, as the owner.
func (a *App) Undo(ctx context.Context, ids []string, how string) (results any, sentence string, err error) {
	h, err := changes.ParseHow(how)
	if err != nil {
		return nil, "", err
	}
	defer a.tools.ForgetTexts()
	out := []changes.Result{}
	for _, id := range ids {
		r, err := a.journal.Undo(changes.AsOwner(ctx), id, h)
		if err != nil {
			return nil, "", err
		}
		out = append(out, r)
	}
	return out, changes.Summary(out), nil
}

// UndoSince puts back all that a connection changed since a time.
func (a *App) UndoSince(ctx context.Context, connection, since, how string) (results any, sentence string, err error) {
	h, err := changes.ParseHow(how)
	if err != nil {
		return nil, "", err
	}
	at, err := changes.ParseSince(since, time.Now())
	if err != nil {
		return nil, "", err
	}
	defer a.tools.ForgetTexts()
	out, err := a.journal.UndoSince(changes.AsOwner(ctx), connection, at, h)
	return out, changes.Summary(out), err
}
