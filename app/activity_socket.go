package app

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"codabridge/server/door"
	"codabridge/server/fault"
)

// mostCalls is how many calls are given at once when nobody says how many.
const mostCalls = 1000

// serveActivity gives the calls that a form asks for, oldest first, one JSON
// object a line, and with follow each that is made from then on.
func (a *App) serveActivity(w http.ResponseWriter, r *http.Request) {
	form := func(name string) string { return r.PostFormValue(name) }
	f, limit, err := a.asked(r.Context(), form)
	changed := a.Changed()
	var calls []Call
	if err == nil {
		calls, err = a.Activity(r.Context(), f, limit)
	}
	if err != nil {
		door.WriteResult(w, nil, err)
		return
	}
	slices.Reverse(calls)
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(w)
	for _, c := range calls {
		if lines.Encode(c) != nil {
			return
		}
	}
	if form("follow") == "true" {
		_ = http.NewResponseController(w).Flush()
		f.After = max(a.newestCall(r.Context()), newest(calls))
		a.follow(w, r, f, changed)
	}
}

// asked reads which calls a form asks for, and how many at most.
func (a *App) asked(ctx context.Context, form func(name string) string) (f ActivityFilter, limit int, err error) {
	limit = mostCalls
	if given := form("limit"); given != "" {
		limit, err = strconv.Atoi(given)
		if err != nil || limit < 1 {
			return f, 0, fault.New(fault.CodeInput, "Say how many calls by a whole number from 1 on, not %q.", fault.ClipLine(given, 40))
		}
	}
	if follow := form("follow"); follow != "" && follow != "true" && follow != "false" {
		return f, 0, fault.New(fault.CodeInput, "Say true or false for follow.")
	}
	f, err = FilterOf(form)
	if err == nil && f.Connection != "" {
		var found recorded
		found, err = a.findRecorded(ctx, f.Connection)
		f.Connection = cmp.Or(found.id, found.name)
	}
	return f, limit, err
}

func newest(calls []Call) (id int64) {
	for _, c := range calls {
		id = max(id, c.ID)
	}
	return id
}

// newestCall is the ID of the call that was noted last.
func (a *App) newestCall(ctx context.Context) int64 {
	id, err := a.store.NewestActivity(ctx)
	if err != nil {
		a.log.Warn("app: read activity", "err", err)
	}
	return id
}

// follow gives each call as it is noted, until the asker leaves or the instance
// ends.
func (a *App) follow(w http.ResponseWriter, r *http.Request, f ActivityFilter, changed <-chan struct{}) {
	lines := json.NewEncoder(w)
	for {
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-a.joined.ending:
			return
		}
		changed = a.Changed()
		var more []Call
		err := a.EachCall(r.Context(), f, func(c Call) error { more = append(more, c); return nil })
		if err != nil {
			return
		}
		for _, c := range more {
			f.After = max(f.After, c.ID)
			if lines.Encode(c) != nil {
				return
			}
		}
		if len(more) > 0 {
			_ = http.NewResponseController(w).Flush()
		}
	}
}
