package store

import "fmt"

// Fill makes the disk full for this database; with false there is room again.
func (s *Store) Fill(full bool) error {
	pages := 1 << 30
	if full {
		if err := s.write.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
			return err
		}
	}
	_, err := s.write.Exec(fmt.Sprintf(`PRAGMA max_page_count=%d`, pages))
	return err
}

// Forbid makes the database one that can only be read.
func (s *Store) Forbid(writing bool) error {
	_, err := s.write.Exec(fmt.Sprintf(`PRAGMA query_only=%t`, writing))
	return err
}
