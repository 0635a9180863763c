package state

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"codabridge/server/store"
)

// How much activity is kept: what is older, or more, goes.
const (
	ActivityKept = 100_000
	ActivityDays = 30
)

// Activity is one call that was made: who, what and how it went, and never
// what it was about.
type Activity struct {
	ID         int64 // grows with each that is added
	Time       time.Time
	Caller     string // the id of the grant, or of a connection over stdio
	Connection string // its name at that time
	Tool       string
	Doc        string // the id of the doc it was about; empty for none
	DocName    string // its name as it was known
	Status     string
	Duration   time.Duration
	In, Out    int // bytes of arguments and of answer
}

// AddActivity notes calls and lets those go that are too old at now, or too
// many. It does not wait for the disk.
func (s *Store) AddActivity(ctx context.Context, now time.Time, calls ...Activity) error {
	return s.note(ctx, "add activity", func(tx *sql.Tx) error {
		add, err := tx.Prepare(`INSERT INTO activity (time, caller, connection, tool, doc, doc_name, status, duration, bytes_in, bytes_out)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer func() { _ = add.Close() }()
		for _, a := range calls {
			if _, err := add.Exec(store.Stamp(a.Time), a.Caller, a.Connection, a.Tool, a.Doc, a.DocName, a.Status,
				a.Duration.Microseconds(), a.In, a.Out); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`DELETE FROM activity WHERE time < ? OR id <= (SELECT max(id) FROM activity) - ?`,
			store.Stamp(now.AddDate(0, 0, -ActivityDays)), ActivityKept)
		return err
	})
}

// ActivityFilter says which calls are meant; the zero value means all.
type ActivityFilter struct {
	// Connection and Doc are an id or a name; Tool and Status the whole word.
	Connection, Tool, Doc, Status string
	// Since and Until bound the time of a call, the one included and the other not.
	Since, Until time.Time
	// Except is the name of a connection whose calls are not meant.
	Except string
	// After means only calls added after the one with this ID.
	After int64
}

// Means tells whether a call is one of those.
func (f ActivityFilter) Means(a Activity) bool {
	is := func(want string, got ...string) bool { return want == "" || slices.Contains(got, want) }
	if f.Except != "" && a.Connection == f.Except {
		return false
	}
	return is(f.Connection, a.Caller, a.Connection) && is(f.Doc, a.Doc, a.DocName) && is(f.Tool, a.Tool) && is(f.Status, a.Status) &&
		!a.Time.Before(f.Since) && (f.Until.IsZero() || a.Time.Before(f.Until)) && (f.After == 0 || a.ID > f.After)
}

// where is the condition of a filter, with what stands in its places.
func (f ActivityFilter) where() (condition string, args []any) {
	var parts []string
	add := func(part string, values ...any) {
		parts, args = append(parts, part), append(args, values...)
	}
	if f.Connection != "" {
		add("(caller = ? OR connection = ?)", f.Connection, f.Connection)
	}
	if f.Doc != "" {
		add("(doc = ? OR doc_name = ?)", f.Doc, f.Doc)
	}
	if f.Tool != "" {
		add("tool = ?", f.Tool)
	}
	if f.Status != "" {
		add("status = ?", f.Status)
	}
	if f.Except != "" {
		add("connection <> ?", f.Except)
	}
	if !f.Since.IsZero() {
		add("time >= ?", store.Stamp(f.Since))
	}
	if !f.Until.IsZero() {
		add("time < ?", store.Stamp(f.Until))
	}
	if f.After > 0 {
		add("id > ?", f.After)
	}
	if len(parts) == 0 {
		return "true", nil
	}
	return strings.Join(parts, " AND "), args
}

const activityColumns = `id, time, caller, connection, tool, doc, doc_name, status, duration, bytes_in, bytes_out`

// Activity returns the latest calls that f means, newest first, at most limit.
func (s *Store) Activity(ctx context.Context, f ActivityFilter, limit int) ([]Activity, error) {
	condition, args := f.where()
	all, err := store.All(ctx, s.db.Read(), readActivity,
		`SELECT `+activityColumns+` FROM activity WHERE `+condition+` ORDER BY time DESC, id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("state: list activity: %w", store.Classify(err))
	}
	return all, nil
}

// EachActivity gives take the calls that f means, oldest first, until it
// returns an error.
func (s *Store) EachActivity(ctx context.Context, f ActivityFilter, take func(Activity) error) error {
	condition, args := f.where()
	err := store.Each(ctx, s.db.Read(), func(scan func(...any) error) error {
		a, err := readActivity(scan)
		if err != nil {
			return err
		}
		return take(a)
	}, `SELECT `+activityColumns+` FROM activity WHERE `+condition+` ORDER BY time, id`, args...)
	if err != nil {
		return fmt.Errorf("state: read activity: %w", store.Classify(err))
	}
	return nil
}

func readActivity(scan func(...any) error) (a Activity, err error) {
	var at, took int64
	err = scan(&a.ID, &at, &a.Caller, &a.Connection, &a.Tool, &a.Doc, &a.DocName, &a.Status, &took, &a.In, &a.Out)
	a.Time, a.Duration = store.Moment(at), time.Duration(took)*time.Microsecond
	return a, err
}

// NewestActivity is the ID of the call that was added last; zero for none.
func (s *Store) NewestActivity(ctx context.Context) (int64, error) {
	all, err := store.All(ctx, s.db.Read(), store.One[int64], `SELECT coalesce(max(id), 0) FROM activity`)
	if err != nil || len(all) == 0 {
		return 0, fmt.Errorf("state: find the newest activity: %w", store.Classify(err))
	}
	return all[0], nil
}

// ActivityCount is how many calls were made in a stretch of time.
type ActivityCount struct {
	Start  time.Time
	Calls  int
	Failed int // of them, all that did not end well
}

// CountActivity counts the calls that f means, by stretches of time that begin
// at whole multiples of step since origin. Stretches without a call are left out.
func (s *Store) CountActivity(ctx context.Context, f ActivityFilter, origin time.Time, step time.Duration) ([]ActivityCount, error) {
	condition, args := f.where()
	from, wide := store.Stamp(origin), step.Milliseconds()
	read := func(scan func(...any) error) (c ActivityCount, err error) {
		var n int64
		err = scan(&n, &c.Calls, &c.Failed)
		c.Start = origin.Add(time.Duration(n) * step)
		return c, err
	}
	all, err := store.All(ctx, s.db.Read(), read, `SELECT (time - ?) / ? AS stretch, count(*), sum(status <> 'ok') FROM activity
		WHERE time >= ? AND `+condition+` GROUP BY stretch ORDER BY stretch`, append([]any{from, wide, from}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("state: count activity: %w", store.Classify(err))
	}
	return all, nil
}

// ActivityValue is something that calls can be filtered by.
type ActivityValue struct{ Value, Name string }

// ActivityValues lists what stands in the calls that are kept: connections and
// docs by their ids, with the latest name of each, and tools; the one used last
// first, at most limit of each.
func (s *Store) ActivityValues(ctx context.Context, limit int) (connections, tools, docs []ActivityValue, err error) {
	list := func(value, name string) (all []ActivityValue) {
		if err != nil {
			return nil
		}
		read := func(scan func(...any) error) (v ActivityValue, err error) {
			var last int64
			err = scan(&v.Value, &v.Name, &last)
			return v, err
		}
		all, err = store.All(ctx, s.db.Read(), read, `SELECT `+value+`, `+name+`, max(id) FROM activity WHERE `+value+` <> ''
			GROUP BY 1 ORDER BY max(id) DESC LIMIT ?`, limit)
		return all
	}
	connections, tools, docs = list("caller", "connection"), list("tool", "tool"), list("doc", "doc_name")
	if err != nil {
		err = fmt.Errorf("state: list what activity holds: %w", store.Classify(err))
	}
	return connections, tools, docs, err
}

// CallerActivity is what one connection did lately.
type CallerActivity struct {
	Caller, Connection string
	Calls              int
	Last               time.Time
}

// CallersSince sums up what each connection did since a moment.
func (s *Store) CallersSince(ctx context.Context, since time.Time) ([]CallerActivity, error) {
	read := func(scan func(...any) error) (c CallerActivity, err error) {
		var last int64
		err = scan(&c.Caller, &c.Connection, &c.Calls, &last)
		c.Last = store.Moment(last)
		return c, err
	}
	all, err := store.All(ctx, s.db.Read(), read,
		`SELECT caller, connection, count(*), max(time) FROM activity WHERE time >= ? GROUP BY caller`, store.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("state: sum up activity: %w", store.Classify(err))
	}
	return all, nil
}
