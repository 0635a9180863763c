package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"codabridge/server/store"
)

// ActivityKept is how many rows of activity are kept.
const ActivityKept = 1000

// Activity is one call that was made: who, what and how it went, and never
// what it was about.
type Activity struct {
	Time       time.Time
	Connection string // the name of the client, or "this computer"
	Tool       string
	Status     string
	Duration   time.Duration
	In, Out    int // bytes of arguments and of answer
}

// AddActivity notes one call and lets the oldest go beyond ActivityKept. It
// does not wait for the disk.
func (s *Store) AddActivity(ctx context.Context, a Activity) error {
	return s.note(ctx, "add activity", func(tx *sql.Tx) error {
		result, err := tx.Exec(`INSERT INTO activity (time, connection, tool, status, duration, bytes_in, bytes_out) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			store.Stamp(a.Time), a.Connection, a.Tool, a.Status, a.Duration.Microseconds(), a.In, a.Out)
		if err != nil {
			return err
		}
		id, err := result.LastInsertId()
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM activity WHERE id <= ?`, id-ActivityKept)
		return err
	})
}

// Activity returns the latest calls, newest first, at most limit.
func (s *Store) Activity(ctx context.Context, limit int) ([]Activity, error) {
	all, err := store.All(ctx, s.db.Read(), readActivity, `SELECT time, connection, tool, status, duration, bytes_in, bytes_out
		FROM activity ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("state: list activity: %w", store.Classify(err))
	}
	return all, nil
}

func readActivity(scan func(...any) error) (a Activity, err error) {
	var at, took int64
	err = scan(&at, &a.Connection, &a.Tool, &a.Status, &took, &a.In, &a.Out)
	a.Time, a.Duration = store.Moment(at), time.Duration(took)*time.Microsecond
	return a, err
}

// ClearActivity forgets all of it.
func (s *Store) ClearActivity(ctx context.Context) error {
	return s.change(ctx, "clear activity", func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM activity`)
		return err
	})
}
