package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"codabridge/server/store"
)

// Question is a change that waits for the owner. Args and Parts hold contents.
type Question struct {
	ID, Digest         string
	Time               time.Time
	Connection, Client string
	Tool, DocName      string
	Sentence           string
	Args, Parts        []byte
	Answer             string // yes, no, or empty while it waits
	Word               string // to the model, with a no
	Answered           time.Time
}

const questionColumns = `id, digest, time, connection, client, tool, doc_name, sentence, args, parts, answer, word, answered`

func readQuestion(scan func(...any) error) (q Question, err error) {
	var at, answered int64
	err = scan(&q.ID, &q.Digest, &at, &q.Connection, &q.Client, &q.Tool, &q.DocName, &q.Sentence, &q.Args, &q.Parts,
		&q.Answer, &q.Word, &answered)
	q.Time, q.Answered = store.Moment(at), store.Moment(answered)
	return q, err
}

// ErrTooMany: so many questions of one connection wait that no more is taken.
var ErrTooMany = errors.New("changes store: too many questions wait")

// Ask finds the question of a digest, or keeps a new one unless most of the
// connection wait already. An answered one is given once and is gone then;
// what is older than the times given is gone too.
func (s *Store) Ask(ctx context.Context, q Question, most int, waiting, answered time.Time) (found Question, added bool, err error) {
	err = s.change(ctx, "ask", func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM questions WHERE answer = '' AND time < ?; DELETE FROM questions WHERE answer <> '' AND answered < ?`,
			store.Stamp(waiting), store.Stamp(answered))
		if err != nil {
			return err
		}
		found, err = readQuestion(tx.QueryRow(`SELECT `+questionColumns+` FROM questions WHERE digest = ?`, q.Digest).Scan)
		switch {
		case err == nil && found.Answer != "":
			_, err = tx.Exec(`DELETE FROM questions WHERE id = ?`, found.ID)
			return err
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM questions WHERE connection = ? AND answer = ''`, q.Connection).Scan(&n); err != nil {
			return err
		}
		if n >= most {
			return ErrTooMany
		}
		_, err = tx.Exec(`INSERT INTO questions (`+questionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0)`, q.ID, q.Digest, store.Stamp(q.Time),
			q.Connection, q.Client, q.Tool, q.DocName, q.Sentence, filled(q.Args), filled(q.Parts))
		found, added = q, err == nil
		return err
	})
	return found, added, err
}

// Answer keeps the owner's answer to a question that waits; ErrNotFound when none
// does.
func (s *Store) Answer(ctx context.Context, id, answer, word string, at time.Time) error {
	return s.change(ctx, "answer", func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE questions SET answer = ?, word = ?, answered = ? WHERE id = ? AND answer = ''`, answer, word, store.Stamp(at), id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotFound)
		}
		return nil
	})
}

// Waiting lists the questions that wait, the oldest first.
func (s *Store) Waiting(ctx context.Context, since time.Time) ([]Question, error) {
	all, err := store.All(ctx, s.db.Read(), readQuestion, `SELECT `+questionColumns+` FROM questions WHERE answer = '' AND time >= ? ORDER BY time, id`, store.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("changes store: list questions: %w", store.Classify(err))
	}
	return all, nil
}
