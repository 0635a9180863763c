package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Inspect says whether the database at path is sound and ours. It opens the
// file for reading only and may do so beside the program that uses it. kind is
// "damaged", "newer" or "foreign" when the file itself is the trouble.
func Inspect(ctx context.Context, path string) (kind string, err error) {
	if err := notEmptied(path); err != nil {
		return describe(err)
	}
	db, err := sql.Open("sqlite", dsn(path, "query_only(1)")+"&mode=ro")
	if err != nil {
		return "", fmt.Errorf("store: inspect database: %w", err)
	}
	defer func() { _ = db.Close() }()
	if err := db.PingContext(ctx); err != nil {
		return describe(judge(err))
	}
	if err := inspect(db); err != nil {
		return describe(judge(err))
	}
	return "", nil
}

func describe(err error) (kind string, why error) {
	var bad *unusable
	if errors.As(err, &bad) {
		return bad.kind, errors.New(bad.why)
	}
	return "", err
}

// RemoveClient removes a client with its grants, tokens and codes; it is no
// error when there is none.
func (s *Store) RemoveClient(ctx context.Context, id string) error {
	return s.change(ctx, "remove client", func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM grants WHERE client_id = ?`, id); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM clients WHERE id = ?`, id)
		return err
	})
}
