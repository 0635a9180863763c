package app

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"codabridge/app/doctor"
	"codabridge/server/caller"
	"codabridge/server/state"
	store "codabridge/server/store/state"
)

// Call is one call of the record.
type Call = state.Call

// ActivityFilter says which calls are meant.
type ActivityFilter = store.ActivityFilter

func callOf(a store.Activity) Call {
	return Call{ID: a.ID, Time: a.Time, Connection: a.Caller, Name: a.Connection, Tool: a.Tool, Doc: a.Doc, DocName: a.DocName,
		Ms: float64(a.Duration.Microseconds()) / 1000, BytesIn: a.In, BytesOut: a.Out, Result: a.Status}
}

// Activity gives the latest calls that f means, newest first.
func (a *App) Activity(ctx context.Context, f ActivityFilter, limit int) ([]Call, error) {
	all, err := a.store.Activity(ctx, f, limit)
	return mapped(all, callOf), err
}

// LastCalls gives the latest calls of assistants, newest first: the doctor's
// rehearsals are not among them.
func (a *App) LastCalls(ctx context.Context, limit int) ([]Call, error) {
	return a.Activity(ctx, ActivityFilter{Except: doctor.ClientName}, limit)
}

// EachCall gives take the calls that f means, oldest first.
func (a *App) EachCall(ctx context.Context, f ActivityFilter, take func(Call) error) error {
	return a.store.EachActivity(ctx, f, func(c store.Activity) error { return take(callOf(c)) })
}

// CountActivity counts calls by stretches of time.
func (a *App) CountActivity(ctx context.Context, f ActivityFilter, origin time.Time, step time.Duration) ([]store.ActivityCount, error) {
	return a.store.CountActivity(ctx, f, origin, step)
}

// ActivityValues lists what calls can be filtered by.
func (a *App) ActivityValues(ctx context.Context, limit int) (connections, tools, docs []store.ActivityValue, err error) {
	return a.store.ActivityValues(ctx, limit)
}

func mapped[A, B any](all []A, f func(A) B) []B {
	out := make([]B, 0, len(all))
	for _, a := range all {
		out = append(out, f(a))
	}
	return out
}

// RecordedActivity gives the calls that f means, oldest first and at most the
// latest limit, where no instance runs: from the files of its data folder.
func RecordedActivity(ctx context.Context, dataDir string, f ActivityFilter, limit int) ([]Call, error) {
	spooled, err := store.Spooled(dataDir)
	if err != nil {
		return nil, err
	}
	known := []recorded{{id: caller.LocalID, name: "this computer"}}
	for _, call := range spooled {
		known = append(known, recorded{call.Caller, call.Connection})
	}
	s, err := store.OpenReadOnly(filepath.Join(dataDir, stateName))
	if err == nil {
		defer s.Close()
		was, _, _, readErr := s.ActivityValues(ctx, mostKnown)
		err = readErr
		for _, v := range was {
			known = append(known, recorded{v.Value, v.Name})
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if f.Connection != "" {
		found, err := amongRecorded(f.Connection, known)
		if err != nil {
			return nil, err
		}
		f.Connection = cmp.Or(found.id, found.name)
	}
	all := slices.DeleteFunc(spooled, func(a store.Activity) bool { return !f.Means(a) })
	if s != nil {
		kept, err := s.Activity(ctx, f, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, kept...)
	}
	slices.SortStableFunc(all, func(a, b store.Activity) int { return a.Time.Compare(b.Time) })
	return mapped(all[max(0, len(all)-limit):], callOf), nil
}

// FilterOf reads a filter as the owner gives it.
func FilterOf(form func(name string) string) (ActivityFilter, error) {
	return store.FilterOf(form, time.Now())
}
