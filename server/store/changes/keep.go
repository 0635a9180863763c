package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"codabridge/server/store"
)

// Recover ends what a program that is gone had under way: writes that were
// sent have an unknown end, and what was being put back stands as settle says,
// which is asked for each. ours tells the runs of programs that are gone; what
// began before the time given counts as gone too.
func (s *Store) Recover(ctx context.Context, gone func(run string) bool, before time.Time) (undoing []string, err error) {
	open, err := store.All(ctx, s.db.Read(), readListed, `SELECT `+listed+` FROM changes WHERE state IN ('sent', 'undoing')`)
	if err != nil {
		return nil, fmt.Errorf("changes store: recover: %w", store.Classify(err))
	}
	for _, r := range open {
		if !gone(r.Run) && !r.Time.Before(before) {
			continue
		}
		if r.State == Undoing {
			undoing = append(undoing, r.ID)
			continue
		}
		const said = "codabridge ended while this was under way, so it is not known whether Coda did it."
		if _, err := s.Set(ctx, r.ID, Outcome{State: Unknown, Trouble: said}, Sent); err != nil {
			return nil, err
		}
	}
	return undoing, nil
}

// Trim lets the oldest go: those before a time, and beyond so many bytes of
// contents; and questions past their time.
func (s *Store) Trim(ctx context.Context, before time.Time, bytes int64, l Lives) error {
	return s.note(ctx, "trim changes", func(tx *sql.Tx) error {
		if err := l.forget(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM changes WHERE time < ?; DELETE FROM moved WHERE time < ?`, store.Stamp(before), store.Stamp(before)); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM changes WHERE number <= coalesce((SELECT max(number) FROM
			(SELECT number, sum(length(args) + length(before) + length(answer) + 512) OVER (ORDER BY number DESC) AS held FROM changes)
			WHERE held > ?), 0)`, bytes)
		return err
	})
}

// Size is what the file takes on the disk, in bytes.
func (s *Store) Size() int64 { return s.db.Size() }

// Moved gives the things of a doc that stand under another id by now, because
// they were taken away and put back.
func (s *Store) Moved(ctx context.Context, doc string) (map[string]string, error) {
	now := map[string]string{}
	err := store.Each(ctx, s.db.Read(), func(scan func(...any) error) error {
		var from, to string
		err := scan(&from, &to)
		now[from] = to
		return err
	}, `SELECT was, now FROM moved WHERE doc = ?`, doc)
	if err != nil {
		return nil, fmt.Errorf("changes store: read what moved: %w", store.Classify(err))
	}
	return now, nil
}

// Move notes that things of a doc stand under other ids, old to new.
func (s *Store) Move(ctx context.Context, doc string, ids map[string]string, at time.Time) error {
	return s.note(ctx, "note what moved", func(tx *sql.Tx) error {
		for from, to := range ids {
			if _, err := tx.Exec(`INSERT OR REPLACE INTO moved (doc, was, now, time) VALUES (?, ?, ?, ?)`, doc, from, to, store.Stamp(at)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Own makes owner, a hash that tells tokens apart, the owner of the record, unless
// it has another one: false says so.
func (s *Store) Own(ctx context.Context, owner string) (ours bool, err error) {
	err = s.change(ctx, "own record", func(tx *sql.Tx) error {
		var before string
		err := tx.QueryRow(`SELECT value FROM meta WHERE key = 'owner'`).Scan(&before)
		if errors.Is(err, sql.ErrNoRows) {
			before = owner
			_, err = tx.Exec(`INSERT INTO meta (key, value) VALUES ('owner', ?)`, owner)
		}
		ours = before == owner
		return err
	})
	return ours, err
}
