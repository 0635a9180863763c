package owner

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"codabridge/server/door"
	"codabridge/server/state"
	store "codabridge/server/store/state"
)

// How much of the record the page shows.
const (
	fewCalls   = 50
	manyCalls  = 500
	mostValues = 200 // of each list that calls are filtered by
	bars       = 60  // of the picture
)

// choice is one value of a list that calls are filtered by.
type choice struct {
	Value string `json:"value"`
	Name  string `json:"name"`
}

func choices(all []store.ActivityValue) []choice {
	out := make([]choice, 0, len(all))
	for _, v := range all {
		c := choice{v.Value, v.Name}
		if c.Name == "" {
			c.Name = c.Value
		}
		out = append(out, c)
	}
	return out
}

// callsView is what the template "calls" draws.
type callsView struct {
	Calls   []state.Call
	More    bool // there are more, which the page may ask for
	Cut     bool // there are more than it shows
	Picture picture
	Now     time.Time
	Toolset state.ToolsetState // knows the titles of tools
}

// serveActivity gives a part of the record as the page shows it, with its
// picture and what it can be filtered by.
func (o *Owner) serveActivity(w http.ResponseWriter, req *http.Request) {
	answer, err := o.activity(req)
	if err != nil {
		door.WriteError(w, http.StatusUnprocessableEntity, "refused", ForOwner(err).Error())
		return
	}
	door.WriteJSON(w, http.StatusOK, answer)
}

func (o *Owner) activity(req *http.Request) (map[string]any, error) {
	now, limit := time.Now(), fewCalls
	f, err := store.FilterOf(req.URL.Query().Get, now)
	if err != nil {
		return nil, err
	}
	if req.URL.Query().Get("more") == "true" {
		limit = manyCalls
	}
	calls, err := o.desk.Activity(req.Context(), f, limit+1)
	if err != nil {
		return nil, err
	}
	shown := callsView{Calls: calls, Now: now, Toolset: o.desk.State().Toolset}
	if len(calls) > limit {
		shown.Calls, shown.More, shown.Cut = calls[:limit], limit < manyCalls, limit == manyCalls
	}
	shown.Picture, err = o.picture(req, f, now)
	if err != nil {
		return nil, err
	}
	html, err := door.Render("calls", shown)
	if err != nil {
		return nil, err
	}
	connections, tools, docs, err := o.desk.ActivityValues(req.Context(), mostValues)
	if err != nil {
		return nil, err
	}
	return map[string]any{"html": html, "connection": choices(connections), "tool": choices(tools), "doc": choices(docs)}, nil
}

// picture is a small chart of calls over time.
type picture struct {
	Bars          []bar
	Calls, Failed int
	From, To, Top string
}

// bar is one stretch of time: where it is and how high, in parts of 100. Bad is
// the part of its calls that did not end well.
type bar struct{ X, Width, High, Bad float64 }

// picture counts calls from the filter's beginning until now.
func (o *Owner) picture(req *http.Request, f store.ActivityFilter, now time.Time) (picture, error) {
	from, to := f.Since, now
	if from.IsZero() {
		from = now.AddDate(0, 0, -store.ActivityDays)
	}
	if !f.Until.IsZero() && f.Until.Before(to) {
		to = f.Until
	}
	step := max(time.Minute, (to.Sub(from) / bars).Round(time.Minute))
	counts, err := o.desk.CountActivity(req.Context(), f, from, step)
	if err != nil {
		return picture{}, err
	}
	p := picture{From: shortTime(from, now), To: shortTime(to, now)}
	wide, most := 100/max(1, float64(to.Sub(from))/float64(step)), 0
	for _, c := range counts {
		if c.Calls > most {
			most, p.Top = c.Calls, fmt.Sprintf("%d at %s", c.Calls, shortTime(c.Start, now))
		}
	}
	for _, c := range counts {
		p.Calls += c.Calls
		p.Failed += c.Failed
		p.Bars = append(p.Bars, bar{X: float64(c.Start.Sub(from)/step) * wide, Width: wide * 0.8,
			High: 100 * float64(c.Calls) / float64(most), Bad: 100 * float64(c.Failed) / float64(most)})
	}
	return p, nil
}

// shortTime says a moment, without the day where it is of today.
func shortTime(t, now time.Time) string {
	if store.Midnight(t).Equal(store.Midnight(now)) {
		return t.Local().Format("15:04")
	}
	return t.Local().Format("2 Jan 15:04")
}

// exportActivity gives the calls of a filter as a file to save.
func (o *Owner) exportActivity(w http.ResponseWriter, req *http.Request) {
	write, name, kind := state.WriteJSON, "codabridge-activity.jsonl", "application/x-ndjson"
	if req.URL.Query().Get("format") == "csv" {
		write, name, kind = state.WriteCSV, "codabridge-activity.csv", "text/csv;charset=utf-8"
	}
	f, err := store.FilterOf(req.URL.Query().Get, time.Now())
	var text strings.Builder
	if err == nil {
		err = write(&text, func(take func(state.Call) error) error { return o.desk.EachCall(req.Context(), f, take) })
	}
	if err != nil {
		door.WriteError(w, http.StatusUnprocessableEntity, "refused", ForOwner(err).Error())
		return
	}
	door.WriteJSON(w, http.StatusOK, map[string]string{"name": name, "type": kind, "text": text.String()})
}
