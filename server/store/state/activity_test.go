package state

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestActivityIsFilteredCountedAndListed(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	calls := []Activity{
		{Time: hour(0), Caller: "g1", Connection: "ChatGPT", Tool: "search", Status: "ok"},
		{Time: hour(0).Add(time.Minute), Caller: "g1", Connection: "ChatGPT", Tool: "fetch", Doc: "d1", DocName: "Old name", Status: "error"},
		{Time: hour(2), Caller: "g1", Connection: "ChatGPT", Tool: "fetch", Doc: "d1", DocName: "Plans", Status: "ok"},
		{Time: hour(3), Caller: "stdio:claude-ai", Connection: "claude-ai", Tool: "fetch", Doc: "d2", DocName: "Notes", Status: "ok"},
	}
	if err := s.AddActivity(ctx, hour(4), calls...); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter ActivityFilter
		want   int
	}{
		"all":               {ActivityFilter{}, 4},
		"a grant":           {ActivityFilter{Connection: "g1"}, 3},
		"a client's name":   {ActivityFilter{Connection: "claude-ai"}, 1},
		"a doc":             {ActivityFilter{Doc: "d1"}, 2},
		"a doc's name":      {ActivityFilter{Doc: "Plans"}, 1},
		"a tool":            {ActivityFilter{Tool: "fetch"}, 3},
		"a result":          {ActivityFilter{Status: "error"}, 1},
		"since":             {ActivityFilter{Since: hour(2)}, 2},
		"until, not with":   {ActivityFilter{Until: hour(2)}, 2},
		"after an id":       {ActivityFilter{After: 3}, 1},
		"several":           {ActivityFilter{Connection: "g1", Tool: "fetch", Status: "ok"}, 1},
		"SQL is a name too": {ActivityFilter{Connection: "' OR 1=1 --"}, 0},
	} {
		all, err := s.Activity(ctx, c.filter, 10)
		if err != nil || len(all) != c.want {
			t.Errorf("%s: %d calls, want %d (%v)", name, len(all), c.want, err)
		}
		means := 0
		for i, a := range calls {
			a.ID = int64(i + 1)
			if c.filter.Means(a) {
				means++
			}
		}
		if means != c.want {
			t.Errorf("%s: means %d calls, want %d", name, means, c.want)
		}
		each := 0
		if err := s.EachActivity(ctx, c.filter, func(Activity) error { each++; return nil }); err != nil || each != c.want {
			t.Errorf("%s: each gave %d, want %d (%v)", name, each, c.want, err)
		}
	}
	counts, err := s.CountActivity(ctx, ActivityFilter{}, noon, time.Hour)
	if want := []ActivityCount{{hour(0), 2, 1}, {hour(2), 1, 0}, {hour(3), 1, 0}}; err != nil || fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v (%v)", counts, want, err)
	}
	connections, tools, docs, err := s.ActivityValues(ctx, 10)
	if got := fmt.Sprint(connections, tools, docs); err != nil || got != "[{stdio:claude-ai claude-ai} {g1 ChatGPT}] [{fetch fetch} {search search}] [{d2 Notes} {d1 Plans}]" {
		t.Errorf("values %s, %v", got, err)
	}
	callers, err := s.CallersSince(ctx, hour(1))
	if err != nil || len(callers) != 2 || callers[0].Caller != "g1" || callers[0].Calls != 1 || !callers[0].Last.Equal(hour(2)) {
		t.Errorf("callers %+v, %v", callers, err)
	}
}

// TestADatabaseOfTheFirstVersionKeepsItsActivity: what an older codabridge
// wrote is there after the update.
func TestADatabaseOfTheFirstVersionKeepsItsActivity(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	older(t, path, 1, fmt.Sprintf(`INSERT INTO activity (time, connection, tool, status, duration, bytes_in, bytes_out)
		VALUES (%d, 'ChatGPT', 'search', 'ok', 5000, 1, 2)`, noon.UnixMilli()))
	all, err := openAt(t, path).Activity(t.Context(), ActivityFilter{Connection: "ChatGPT"}, 10)
	if err != nil || len(all) != 1 || all[0].Tool != "search" || all[0].Doc != "" {
		t.Errorf("%+v, %v", all, err)
	}
}

// older makes a database as the program of an earlier version left it.
func older(t *testing.T, path string, version int, rows string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(strings.Join(migrations[:version], ";") + ";" + rows + fmt.Sprintf(`; PRAGMA application_id=%d; PRAGMA user_version=%d`, application, version))
	if err != nil {
		t.Fatal(err)
	}
}
