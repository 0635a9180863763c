package state

import (
	"context"
	"database/sql"
	"fmt"
)

// Fill makes the disk full for this database; with false there is room again.
func (s *Store) Fill(full bool) error {
	return s.db.Alone(context.Background(), "fill", func(ctx context.Context, c *sql.Conn) error {
		pages := 1 << 30
		if full {
			if err := c.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
				return err
			}
		}
		_, err := c.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count=%d`, pages))
		return err
	})
}

// Forbid makes the database one that can only be read.
func (s *Store) Forbid(writing bool) error {
	return s.pragma(fmt.Sprintf(`query_only=%t`, writing))
}

func (s *Store) pragma(setting string) error {
	return s.db.Alone(context.Background(), "set", func(ctx context.Context, c *sql.Conn) error {
		_, err := c.ExecContext(ctx, `PRAGMA `+setting)
		return err
	})
}
