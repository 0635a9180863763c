package state

import (
	"database/sql"
	"time"

	"codabridge/server/store"
)

const (
	tidyEvery  = 10 * time.Minute
	codesLive  = 24 * time.Hour // a spent code is remembered this long, to notice a replay
	grantWaits = time.Hour      // a grant whose app never came for its tokens
)

// tidy removes what has expired, on the way, inside somebody's transaction.
// It costs one look at the clock when it ran a moment ago. Its own errors do
// not matter: what it leaves is refused by its date anyway.
func (s *Store) tidy(tx *sql.Tx, now time.Time) {
	if gone := now.Sub(s.tidied); gone >= 0 && gone < tidyEvery {
		return
	}
	s.tidied = now
	_, _ = tx.Exec(`DELETE FROM tokens WHERE expires <= ? AND kind <> ?`, store.Stamp(now), Key)
	_, _ = tx.Exec(`DELETE FROM codes WHERE created <= ?`, store.Stamp(now.Add(-codesLive)))
	_, _ = tx.Exec(`DELETE FROM grants WHERE created <= ? AND NOT EXISTS (SELECT 1 FROM tokens WHERE grant_id = grants.id)`,
		store.Stamp(now.Add(-grantWaits)))
}
