package app

import (
	"context"
	"strings"
	"time"

	"codabridge/server/fault"
	"codabridge/server/tools/changes"
)

// Most changes that one answer lists, and how many where nobody says.
const (
	mostChanges  = 1000
	usualChanges = 50
)

// ListChanges gives what assistants changed, the last first. An empty since means
// all that is kept.
func (a *App) ListChanges(ctx context.Context, filter func(name string) string, limit int) (list any, more bool, err error) {
	q := changes.Query{Document: filter("doc"), Older: filter("older"), Limit: usualChanges}
	if limit > 0 {
		q.Limit = min(limit, mostChanges)
	}
	q.State, err = changes.ParseState(filter("state"))
	if err == nil {
		q.Since, err = fault.SinceOf(filter("since"), time.Now())
	}
	if ref := filter("connection"); err == nil && ref != "" {
		var found recorded
		found, err = a.findRecorded(ctx, ref)
		q.Connection, q.Client = found.id, found.name
	}
	if err != nil {
		return nil, false, err
	}
	all, err := a.journal.List(changes.AsOwner(ctx), q)
	return all, len(all) == q.Limit, err
}

// ShowChange gives one change with how it was, what was written, and how it is.
func (a *App) ShowChange(ctx context.Context, id string) (any, error) {
	return a.journal.Show(changes.AsOwner(ctx), id)
}

// EachOnce are ids in their order, one that is named twice at its first place.
func EachOnce(ids []string) []string { return changes.EachOnce(ids) }

// Undo puts changes back in the order given, as the owner. One that cannot be is
// among the results, and the others are gone on with.
func (a *App) Undo(ctx context.Context, ids []string, how string) (results any, sentence string, err error) {
	h, err := changes.ParseHow(how)
	if err != nil {
		return nil, "", err
	}
	if len(ids) == 0 {
		return nil, "", fault.New(fault.CodeInput, "Say which changes to put back, by their ids.")
	}
	defer a.tools.ForgetTexts()
	out := []changes.Result{}
	for _, id := range EachOnce(ids) {
		r, err := a.journal.Undo(changes.AsOwner(ctx), id, h)
		if err != nil && len(ids) == 1 {
			return nil, "", err
		}
		if err != nil {
			r = changes.Result{ID: id, Sentence: fault.Plain(err).Error()}
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
	if strings.TrimSpace(connection) == "" || strings.TrimSpace(since) == "" {
		return nil, "", fault.New(fault.CodeInput, "Say whose changes to put back, and since when (14:05, 2026-11-27T14:05, 2h).")
	}
	at, err := fault.SinceOf(since, time.Now())
	if err != nil {
		return nil, "", err
	}
	who, err := a.findRecorded(ctx, connection)
	if err == nil && who.id == "" {
		err = severalConnections(connection)
	}
	if err != nil {
		return nil, "", err
	}
	defer a.tools.ForgetTexts()
	out, err := a.journal.UndoSince(changes.AsOwner(ctx), who.id, at, h)
	return out, changes.Summary(out), err
}
