package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"codabridge/server/store"
)

// Kinds of token.
const (
	Access  = "access"
	Refresh = "refresh"
	Key     = "key" // an access key of the owner's; without an end Expires is zero
)

// Bounds on what one grant may heap up by refreshing without end.
const (
	accessPerGrant  = 20
	refreshPerGrant = 500
)

// Code is an authorization code (RFC 6749 section 4.1.2) as it is kept.
type Code struct {
	Hash      []byte // SHA-256
	Challenge string // PKCE, S256
	Created   time.Time
	Used      bool  // it was presented before
	Grant     Grant // only Grant.ID is read by AddCode
}

// Token is an access or refresh token as it is kept.
type Token struct {
	Hash    []byte // SHA-256
	Kind    string // Access, Refresh or Key
	Scopes  []string
	Created time.Time
	Expires time.Time
	Rotated time.Time // a refresh token's end by rotation; zero when it is current
	Grant   Grant     // only Grant.ID is read by writes
}

// Issue is what a code or a refresh token is exchanged for.
type Issue struct {
	Tokens   []Token
	Resource string    // when set, becomes the grant's resource
	Rotated  time.Time // when the spent refresh token ended
	Again    bool      // nothing is written: the answer of a moment ago is repeated
}

// AddCode stores a code for a grant; ErrNotFound when the grant is gone.
func (s *Store) AddCode(ctx context.Context, c Code) error {
	return s.change(ctx, "add code", func(tx *sql.Tx) error {
		result, err := tx.Exec(`INSERT INTO codes (hash, grant_id, challenge, created) SELECT ?, id, ?, ? FROM grants WHERE id = ?`,
			c.Hash, c.Challenge, store.Stamp(c.Created), c.Grant.ID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotFound)
		}
		return nil
	})
}

// SpendCode exchanges a code, once. decide sees the code and says what it
// gives; its error is returned and the code is spent all the same, so nobody
// tries verifiers on it. A code that was spent before takes its grant with it
// (ErrReplayed), unless decide has an error: that one changes nothing. An
// unknown code is ErrNotFound.
func (s *Store) SpendCode(ctx context.Context, hash []byte, decide func(Code) (Issue, error)) error {
	return s.change(ctx, "spend code", func(tx *sql.Tx) error {
		c := Code{Hash: hash}
		var created int64
		targets, done := grantFields(&c.Grant)
		err := tx.QueryRow(`SELECT c.challenge, c.created, c.used, `+grantColumns+`
			FROM codes c JOIN grants g ON g.id = c.grant_id WHERE c.hash = ?`, hash).
			Scan(append([]any{&c.Challenge, &created, &c.Used}, targets...)...)
		if err != nil {
			return orNotFound(err)
		}
		done()
		c.Created = store.Moment(created)
		issue, err := decide(c)
		if c.Used && err == nil {
			return replayed(tx, c.Grant.ID)
		}
		if c.Used {
			return err
		}
		if _, err := tx.Exec(`UPDATE codes SET used = 1 WHERE hash = ?`, hash); err != nil {
			return err
		}
		if err != nil {
			return store.Keep(err)
		}
		return issue.write(tx, c.Grant.ID)
	})
}

// Successor is what became of the refresh token that followed another.
type Successor int

// What became of it: there is none, it waits to be used, or it was used.
const (
	None Successor = iota
	Unused
	Used
)

// SpendRefresh exchanges a refresh token. decide sees it, and what became of
// the one whose hash is next, and says what it gives; when its error is
// ErrReplayed the grant is removed, any other error changes nothing. An unknown
// token is ErrNotFound.
func (s *Store) SpendRefresh(ctx context.Context, hash, next []byte, decide func(Token, Successor) (Issue, error)) error {
	return s.change(ctx, "spend refresh token", func(tx *sql.Tx) error {
		t, err := findToken(tx, hash, Refresh)
		if err != nil {
			return err
		}
		successor, err := successorState(tx, next)
		if err != nil {
			return err
		}
		issue, err := decide(t, successor)
		if errors.Is(err, ErrReplayed) {
			return replayed(tx, t.Grant.ID)
		}
		if err != nil || issue.Again {
			return err
		}
		if _, err := tx.Exec(`UPDATE tokens SET rotated = ? WHERE hash = ?`, store.Stamp(issue.Rotated), hash); err != nil {
			return err
		}
		s.tidy(tx, issue.Rotated)
		return issue.write(tx, t.Grant.ID)
	})
}

func successorState(tx *sql.Tx, hash []byte) (Successor, error) {
	t, err := findToken(tx, hash, Refresh)
	switch {
	case errors.Is(err, ErrNotFound):
		return None, nil
	case err != nil:
		return None, err
	case t.Rotated.IsZero():
		return Unused, nil
	}
	return Used, nil
}

// Token returns the token of that kind with that hash, with its grant, or
// ErrNotFound. It does not look at the clock.
func (s *Store) Token(ctx context.Context, hash []byte, kind string) (Token, error) {
	t, round, ok := s.known.get(hash, kind)
	if ok {
		return t, nil
	}
	find, err := s.tokenFinder(ctx)
	if err != nil {
		return Token{}, fmt.Errorf("state: find token: %w", store.Classify(err))
	}
	t, err = findToken(reader{ctx, find}, hash, kind)
	if err != nil {
		return Token{}, fmt.Errorf("state: find token: %w", store.Classify(err))
	}
	s.known.put(t, round)
	return t, nil
}

// DropToken removes one access token, and leaves its grant.
func (s *Store) DropToken(ctx context.Context, hash []byte) error {
	return s.change(ctx, "drop token", func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM tokens WHERE hash = ?`, hash)
		return err
	})
}

// querier is what findToken needs of a transaction or a reader.
type querier interface {
	QueryRow(query string, args ...any) *sql.Row
}

// reader answers findToken's one question with a statement that was prepared
// before: it is asked with every request.
type reader struct {
	ctx  context.Context
	find *sql.Stmt
}

func (r reader) QueryRow(_ string, args ...any) *sql.Row {
	return r.find.QueryRowContext(r.ctx, args...)
}

const selectToken = `SELECT t.scopes, t.created, t.expires, t.rotated, ` + grantColumns + `
	FROM tokens t JOIN grants g ON g.id = t.grant_id WHERE t.hash = ? AND t.kind = ?`

// tokenFinder prepares selectToken once.
func (s *Store) tokenFinder(ctx context.Context) (*sql.Stmt, error) {
	s.preparing.Lock()
	defer s.preparing.Unlock()
	if s.findToken == nil {
		stmt, err := s.db.Read().PrepareContext(ctx, selectToken)
		if err != nil {
			return nil, err
		}
		s.findToken = stmt
	}
	return s.findToken, nil
}

func findToken(q querier, hash []byte, kind string) (Token, error) {
	t := Token{Hash: hash, Kind: kind}
	var scopes string
	var created, expires, rotated int64
	targets, done := grantFields(&t.Grant)
	err := q.QueryRow(selectToken, hash, kind).
		Scan(append([]any{&scopes, &created, &expires, &rotated}, targets...)...)
	if err != nil {
		return Token{}, orNotFound(err)
	}
	done()
	t.Scopes, t.Created, t.Expires, t.Rotated = strings.Fields(scopes), store.Moment(created), store.Moment(expires), store.Moment(rotated)
	return t, nil
}

func (i Issue) write(tx *sql.Tx, grant string) error {
	for _, t := range i.Tokens {
		t.Grant.ID = grant
		if err := insertToken(tx, t); err != nil {
			return err
		}
	}
	if i.Resource != "" {
		if _, err := tx.Exec(`UPDATE grants SET resource = ? WHERE id = ?`, i.Resource, grant); err != nil {
			return err
		}
	}
	for kind, limit := range map[string]int{Access: accessPerGrant, Refresh: refreshPerGrant} {
		if _, err := tx.Exec(`DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens WHERE grant_id = ? AND kind = ?
			ORDER BY created DESC, rotated = 0 DESC LIMIT -1 OFFSET ?)`, grant, kind, limit); err != nil {
			return err
		}
	}
	return nil
}

func insertToken(tx *sql.Tx, t Token) error {
	_, err := tx.Exec(`INSERT INTO tokens (hash, kind, grant_id, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?)`,
		t.Hash, t.Kind, t.Grant.ID, strings.Join(t.Scopes, " "), store.Stamp(t.Created), store.Stamp(t.Expires))
	return err
}

func replayed(tx *sql.Tx, grant string) error {
	if err := deleteGrant(tx, grant); err != nil {
		return err
	}
	return store.Keep(ErrReplayed)
}

func orNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
