package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"codabridge/server/store"
)

// Setting returns the value kept under key, and whether there is one.
func (s *Store) Setting(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.db.Read().QueryRowContext(ctx, `SELECT value FROM settings WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("state: read setting: %w", store.Classify(err))
	}
	return value, true, nil
}

// SetSetting keeps value under key.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.change(ctx, "write setting", func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
		return err
	})
}

// FirstSetting keeps value under key unless there is one already, and
// returns the one that is kept.
func (s *Store) FirstSetting(ctx context.Context, key, value string) (kept string, err error) {
	err = s.change(ctx, "write setting", func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`, key, value); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT value FROM settings WHERE key = ?`, key).Scan(&kept)
	})
	return kept, err
}

// DeleteSetting forgets key. It is no error when nothing was kept.
func (s *Store) DeleteSetting(ctx context.Context, key string) error {
	return s.change(ctx, "delete setting", func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM settings WHERE key = ?`, key)
		return err
	})
}
