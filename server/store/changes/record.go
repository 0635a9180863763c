package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"codabridge/server/store"
)

// State is how far a change has come.
type State string

// The states of a change.
const (
	Sent    State = "sent"    // it is on its way, or was when the program ended
	Queued  State = "queued"  // Coda took it and has not applied it yet
	Applied State = "applied" // it is done
	Unknown State = "unknown" // it may or may not have been done
	Failed  State = "failed"  // Coda refused it; nothing was done
	Undoing State = "undoing" // it is being put back
	Undone  State = "undone"  // it is put back
	Half    State = "half"    // a part is put back; Trouble says which
)

// States are all of them.
var States = []State{Sent, Queued, Applied, Unknown, Failed, Undoing, Undone, Half}

// ErrNotFound: there is no such change.
var ErrNotFound = errors.New("changes store: not found")

// Record is one change. Args, Before and Answer hold contents of docs, as
// JSON, and are empty in lists.
type Record struct {
	ID, Run            string
	Time               time.Time
	Connection, Client string // the caller's id and name
	Tool, Operation    string
	Doc, DocName       string
	Thing              string // what was changed: "row \"Launch\" of Tasks"
	Link, Sentence     string
	State              State
	Trouble            string // what is to be said of the state, or empty
	Undoes             string // the change that this one puts back, or empty
	Request            string // Coda's id of a queued write, or empty
	Args               []byte
	Before             []byte
	Answer             []byte
}

const listed = `id, run, time, connection, client, tool, operation, doc, doc_name, thing, link, sentence, state, trouble, undoes, request`

func readListed(scan func(...any) error) (r Record, err error) {
	var at int64
	err = scan(&r.ID, &r.Run, &at, &r.Connection, &r.Client, &r.Tool, &r.Operation, &r.Doc, &r.DocName, &r.Thing, &r.Link, &r.Sentence,
		&r.State, &r.Trouble, &r.Undoes, &r.Request)
	r.Time = store.Moment(at)
	return r, err
}

func readWhole(scan func(...any) error) (r Record, err error) {
	var bodies [3][]byte
	r, err = readListed(func(to ...any) error { return scan(append(to, &bodies[0], &bodies[1], &bodies[2])...) })
	r.Args, r.Before, r.Answer = bodies[0], bodies[1], bodies[2]
	return r, err
}

// Add writes a change down before it is sent. With the id of a question its yes is
// used for it, in the same step: ErrUsed when that is taken or gone.
func (s *Store) Add(ctx context.Context, r Record, question string, l Lives) error {
	return s.change(ctx, "add change", func(tx *sql.Tx) error {
		if question != "" {
			if err := use(tx, question, r.ID, l); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT INTO changes (`+listed+`, args, before, answer) VALUES (`+strings.Repeat("?, ", 18)+`?)`,
			r.ID, r.Run, store.Stamp(r.Time), r.Connection, r.Client, r.Tool, r.Operation, r.Doc, r.DocName, r.Thing, r.Link, r.Sentence,
			string(r.State), r.Trouble, r.Undoes, r.Request, filled(r.Args), filled(r.Before), filled(r.Answer))
		return err
	})
}

// filled keeps NULL out of columns that have none.
func filled(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Outcome is what is noted of a change.
type Outcome struct {
	State   State
	Trouble string
	Request string
	Answer  []byte // nil leaves what is there
	// Doc is the id of the doc, where only now it is known.
	Doc string
	// Returns gives the yes back that was used for it.
	Returns bool
}

// Set notes how far a change has come, if it stands in one of the states from.
// ok is false when it does not.
func (s *Store) Set(ctx context.Context, id string, o Outcome, from ...State) (ok bool, err error) {
	err = s.note(ctx, "note change", func(tx *sql.Tx) error {
		query := `UPDATE changes SET state = ?, trouble = ?, request = ?, answer = coalesce(?, answer),
			doc = coalesce(nullif(doc, ''), ?) WHERE id = ? AND state IN (` + states(from) + `)`
		res, err := tx.Exec(query, string(o.State), o.Trouble, o.Request, o.Answer, o.Doc, id)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		if err == nil && ok && o.Returns {
			_, err = tx.Exec(`UPDATE questions SET used = '' WHERE used = ?`, id)
		}
		return err
	})
	return ok, err
}

// Claim takes a change for being put back by a run, if it stands in one of the
// states from; ok is false when it does not, or another has it already.
func (s *Store) Claim(ctx context.Context, id, run string, from ...State) (ok bool, err error) {
	err = s.change(ctx, "claim change", func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE changes SET state = 'undoing', run = ? WHERE id = ? AND state IN (`+states(from)+`)`, run, id)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok, err
}

// states writes constants of ours into a statement.
func states(from []State) string {
	quoted := make([]string, len(from))
	for i, f := range from {
		quoted[i] = "'" + string(f) + "'"
	}
	return strings.Join(quoted, ", ")
}

// Applied notes that a queued write has been applied, by Coda's id of it.
func (s *Store) Applied(ctx context.Context, request string) error {
	return s.note(ctx, "note applied change", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE changes SET state = 'applied' WHERE request = ? AND request <> '' AND state = 'queued'`, request)
		return err
	})
}

// Get gives a change with its contents; ErrNotFound when there is none.
func (s *Store) Get(ctx context.Context, id string) (Record, error) {
	all, err := store.All(ctx, s.db.Read(), readWhole, `SELECT `+listed+`, args, before, answer FROM changes WHERE id = ?`, id)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Record{}, fmt.Errorf("changes store: get change: %w", store.Classify(err))
	}
	return all[0], nil
}

// Filter chooses changes; zero fields choose all.
type Filter struct {
	Connection string // a caller's id
	Client     string // the name of callers
	Doc        string // its id or name
	State      State
	Since      time.Time // not before it
	Undoes     string    // those that put this change back
	Direct     bool      // only those that put nothing back
	Older      string    // those before the change of this id
	Limit      int
}

// Connections are those whose changes are kept: the last name of each, by its id.
func (s *Store) Connections(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	err := store.Each(ctx, s.db.Read(), func(scan func(...any) error) error {
		var id, name string
		var last int64
		err := scan(&id, &name, &last)
		names[id] = name
		return err
	}, `SELECT connection, client, max(number) FROM changes GROUP BY connection`)
	if err != nil {
		return nil, fmt.Errorf("changes store: list connections: %w", store.Classify(err))
	}
	return names, nil
}

// List gives changes without their contents, the newest first.
func (s *Store) List(ctx context.Context, f Filter) ([]Record, error) {
	query, args := `SELECT `+listed+` FROM changes WHERE time >= ?`, []any{store.Stamp(f.Since)}
	and := func(condition, value string) {
		if value != "" {
			query, args = query+` AND `+condition, append(args, value)
		}
	}
	and(`connection = ?`, f.Connection)
	and(`client = ?`, f.Client)
	and(`? IN (doc, doc_name)`, f.Doc)
	and(`state = ?`, string(f.State))
	and(`undoes = ?`, f.Undoes)
	and(`number < (SELECT number FROM changes WHERE id = ?)`, f.Older)
	if f.Direct {
		query += ` AND undoes = ''`
	}
	query += ` ORDER BY number DESC`
	if f.Limit > 0 {
		query, args = query+` LIMIT ?`, append(args, f.Limit)
	}
	all, err := store.All(ctx, s.db.Read(), readListed, query, args...)
	if err != nil {
		return nil, fmt.Errorf("changes store: list changes: %w", store.Classify(err))
	}
	return all, nil
}
