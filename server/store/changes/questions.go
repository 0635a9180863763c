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

// Question is a change that waits for the owner. Args, Parts and Subject hold
// contents, which go when it is answered.
type Question struct {
	ID, Digest         string
	Time               time.Time
	Connection, Client string
	Tool               string
	Doc, DocName, Link string
	Sentence, Why      string
	Kinds              string // of the change, with blanks between
	Args, Parts        []byte
	Answer             string // yes, no, or empty while it waits
	Word               string // to the model, with a no
	Answered           time.Time
	Used               string // the change that a yes was used for
	// Shown is a hash of how it is by what the owner was shown, and Former the
	// question whose place this one took when that had changed.
	Shown, Former string
	Subject       []byte // by which it is made anew
	Asker         string // the process that waits, where the question ends with it
}

const questionColumns = `id, digest, time, connection, client, tool, doc, doc_name, link, sentence, why, kinds, args, parts, answer, word, answered, used, shown, former, subject, asker`

func readQuestion(scan func(...any) error) (q Question, err error) {
	var at, answered int64
	err = scan(&q.ID, &q.Digest, &at, &q.Connection, &q.Client, &q.Tool, &q.Doc, &q.DocName, &q.Link, &q.Sentence, &q.Why,
		&q.Kinds, &q.Args, &q.Parts, &q.Answer, &q.Word, &answered, &q.Used, &q.Shown, &q.Former, &q.Subject, &q.Asker)
	q.Time, q.Answered = store.Moment(at), store.Moment(answered)
	return q, err
}

// Errors about questions.
var (
	// ErrTooMany: so many questions of one connection wait that no more is taken.
	ErrTooMany = errors.New("changes store: too many questions wait")
	// ErrUsed: the yes is used or gone.
	ErrUsed = errors.New("changes store: the yes is used or gone")
)

// Lives is how long questions are good, by the clock of now.
type Lives struct {
	Now            time.Time
	Waiting        time.Duration // one that waits
	Answered       time.Duration // an answer that nobody came for
	ClockMayGoBack time.Duration // an answer from later than this is of a clock that was set back
}

// forget removes what is past its time.
func (l Lives) forget(tx *sql.Tx) error {
	_, err := tx.Exec(`DELETE FROM questions WHERE answer = '' AND time < ? OR answer <> '' AND (answered < ? OR answered > ?)`,
		store.Stamp(l.Now.Add(-l.Waiting)), store.Stamp(l.Now.Add(-l.Answered)), store.Stamp(l.Now.Add(l.ClockMayGoBack)))
	return err
}

// Ask finds the question of a digest, or keeps a new one unless most of the
// connection wait already. A no is given once and is gone then; a yes stays until
// it is used. Where anew is given and the owner was shown another Shown than that
// of q, what anew makes of the two takes the place of what was found.
func (s *Store) Ask(
	ctx context.Context, q Question, most int, l Lives, anew func(was, q Question) Question,
) (found Question, added bool, err error) {
	err = s.change(ctx, "ask", func(tx *sql.Tx) error {
		if err := l.forget(tx); err != nil {
			return err
		}
		found, err = readQuestion(tx.QueryRow(`SELECT `+questionColumns+` FROM questions WHERE digest = ?`, q.Digest).Scan)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		case stands(found) && (anew == nil || found.Shown == q.Shown):
			return nil
		default:
			if _, err := tx.Exec(`DELETE FROM questions WHERE id = ?`, found.ID); err != nil || found.Answer == "no" {
				return err
			}
			if stands(found) {
				q = anew(found, q)
			}
		}
		added = true
		found, err = q, addQuestion(tx, q, most)
		return err
	})
	return found, added && err == nil, err
}

// stands tells that a question waits, or that its yes is there to be used.
func stands(q Question) bool { return q.Answer == "" || q.Answer == "yes" && q.Used == "" }

// Renew puts q in the place of the question of an id that waits; ErrNotFound when
// none does.
func (s *Store) Renew(ctx context.Context, id string, q Question) error {
	return s.change(ctx, "renew a question", func(tx *sql.Tx) error {
		if err := one(tx, ErrNotFound, `DELETE FROM questions WHERE id = ? AND answer = ''`, id); err != nil {
			return err
		}
		return insertQuestion(tx, q)
	})
}

func addQuestion(tx *sql.Tx, q Question, most int) error {
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM questions WHERE connection = ? AND answer = ''`, q.Connection).Scan(&n); err != nil {
		return err
	}
	if n >= most {
		return ErrTooMany
	}
	return insertQuestion(tx, q)
}

func insertQuestion(tx *sql.Tx, q Question) error {
	_, err := tx.Exec(`INSERT INTO questions (`+questionColumns+`) VALUES (`+strings.Repeat("?, ", 14)+`'', '', 0, '', ?, ?, ?, ?)`,
		q.ID, q.Digest, store.Stamp(q.Time), q.Connection, q.Client, q.Tool, q.Doc, q.DocName, q.Link,
		q.Sentence, q.Why, q.Kinds, filled(q.Args), filled(q.Parts), q.Shown, q.Former, filled(q.Subject), q.Asker)
	return err
}

// Answer keeps the owner's answer to a question that waits, and drops the contents
// of it; ErrNotFound when none does. A no to a question is one to what took its
// place, too.
func (s *Store) Answer(ctx context.Context, id, answer, word string, l Lives) error {
	return s.change(ctx, "answer", func(tx *sql.Tx) error {
		if err := l.forget(tx); err != nil {
			return err
		}
		return one(tx, ErrNotFound, `UPDATE questions SET answer = ?1, word = ?2, answered = ?3, args = x'', parts = x'', subject = x''
			WHERE (id = ?4 OR former = ?4 AND ?1 = 'no') AND answer = ''`, answer, word, store.Stamp(l.Now), id)
	})
}

// Withdraw drops the question of a digest that nobody has answered.
func (s *Store) Withdraw(ctx context.Context, digest string) error {
	return s.note(ctx, "withdraw a question", func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM questions WHERE digest = ? AND answer = ''`, digest)
		return err
	})
}

// Outlive has the question of a digest outlast the process that asked.
func (s *Store) Outlive(ctx context.Context, digest, asker string) error {
	return s.note(ctx, "keep a question", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE questions SET asker = '' WHERE digest = ? AND asker = ?`, digest, asker)
		return err
	})
}

// DropAskers drops the questions that wait of processes that are gone, and says how
// many there were.
func (s *Store) DropAskers(ctx context.Context, gone func(asker string) bool) (dropped int, err error) {
	var askers []string
	err = store.Each(ctx, s.db.Read(), func(scan func(...any) error) error {
		var asker string
		err := scan(&asker)
		askers = append(askers, asker)
		return err
	}, `SELECT DISTINCT asker FROM questions WHERE answer = '' AND asker <> ''`)
	if err != nil {
		return 0, fmt.Errorf("changes store: list who asks: %w", store.Classify(err))
	}
	for _, asker := range askers {
		if !gone(asker) {
			continue
		}
		err := s.note(ctx, "drop the questions of a process", func(tx *sql.Tx) error {
			res, err := tx.Exec(`DELETE FROM questions WHERE answer = '' AND asker = ?`, asker)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			dropped += int(n)
			return err
		})
		if err != nil {
			return dropped, err
		}
	}
	return dropped, nil
}

// one runs a statement that has to change a row; none is the error when it does
// not.
func one(tx *sql.Tx, none error, query string, args ...any) error {
	res, err := tx.Exec(query, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = none
	}
	return err
}

// use takes a yes for a change; ErrUsed when it is taken or gone.
func use(tx *sql.Tx, question, change string, l Lives) error {
	if err := l.forget(tx); err != nil {
		return err
	}
	return one(tx, ErrUsed, `UPDATE questions SET used = ? WHERE id = ? AND answer = 'yes' AND used = ''`, change, question)
}

// Use takes a yes for a change of which no record is kept.
func (s *Store) Use(ctx context.Context, question, change string, l Lives) error {
	return s.change(ctx, "use a yes", func(tx *sql.Tx) error { return use(tx, question, change, l) })
}

// Waiting lists the questions that wait, the oldest first.
func (s *Store) Waiting(ctx context.Context, since time.Time) ([]Question, error) {
	all, err := store.All(ctx, s.db.Read(), readQuestion, `SELECT `+questionColumns+` FROM questions WHERE answer = '' AND time >= ? ORDER BY time, id`, store.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("changes store: list questions: %w", store.Classify(err))
	}
	return all, nil
}

// CountWaiting counts the questions that wait, by the connection.
func (s *Store) CountWaiting(ctx context.Context, since time.Time) (map[string]int, error) {
	counts := map[string]int{}
	err := store.Each(ctx, s.db.Read(), func(scan func(...any) error) error {
		var id string
		var n int
		err := scan(&id, &n)
		counts[id] = n
		return err
	}, `SELECT connection, count(*) FROM questions WHERE answer = '' AND time >= ? GROUP BY connection`, store.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("changes store: count questions: %w", store.Classify(err))
	}
	return counts, nil
}
