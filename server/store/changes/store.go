package changes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"codabridge/server/store"
)

// Store is the open file. It is safe for concurrent use.
type Store struct{ db *store.DB }

// schema is the first version of the tables. Times are milliseconds.
const schema = `
	CREATE TABLE changes (
		number     INTEGER PRIMARY KEY,
		id         TEXT NOT NULL UNIQUE,
		run        TEXT NOT NULL,
		time       INTEGER NOT NULL,
		connection TEXT NOT NULL,
		client     TEXT NOT NULL,
		tool       TEXT NOT NULL,
		operation  TEXT NOT NULL,
		doc        TEXT NOT NULL,
		doc_name   TEXT NOT NULL,
		thing      TEXT NOT NULL,
		link       TEXT NOT NULL,
		sentence   TEXT NOT NULL,
		state      TEXT NOT NULL,
		trouble    TEXT NOT NULL,
		undoes     TEXT NOT NULL,
		request    TEXT NOT NULL,
		args       BLOB NOT NULL,
		before     BLOB NOT NULL,
		answer     BLOB NOT NULL
	);
	CREATE INDEX changes_undoes ON changes (undoes) WHERE undoes <> '';
	CREATE INDEX changes_request ON changes (request) WHERE request <> '';
	CREATE INDEX changes_open ON changes (state) WHERE state IN ('sent', 'undoing', 'queued');
	CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
	CREATE TABLE moved (doc TEXT NOT NULL, was TEXT NOT NULL, now TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (doc, was)) WITHOUT ROWID;`

// questions are changes that wait for the owner's yes.
const questions = `CREATE TABLE questions (
		id         TEXT PRIMARY KEY,
		digest     TEXT NOT NULL UNIQUE,
		time       INTEGER NOT NULL,
		connection TEXT NOT NULL,
		client     TEXT NOT NULL,
		tool       TEXT NOT NULL,
		doc_name   TEXT NOT NULL,
		sentence   TEXT NOT NULL,
		args       BLOB NOT NULL,
		parts      BLOB NOT NULL,
		answer     TEXT NOT NULL,
		word       TEXT NOT NULL,
		answered   INTEGER NOT NULL
	) WITHOUT ROWID;`

// usedQuestions says which change a yes was used for, and more of what is asked.
const usedQuestions = `
	ALTER TABLE questions ADD COLUMN doc  TEXT NOT NULL DEFAULT '';
	ALTER TABLE questions ADD COLUMN link TEXT NOT NULL DEFAULT '';
	ALTER TABLE questions ADD COLUMN why  TEXT NOT NULL DEFAULT '';
	ALTER TABLE questions ADD COLUMN used TEXT NOT NULL DEFAULT '';`

// questionKinds says of what kinds the change of a question is.
const questionKinds = `ALTER TABLE questions ADD COLUMN kinds TEXT NOT NULL DEFAULT '';`

// shownQuestions says what of it the owner has seen, by what it is made anew, and
// whose process asks.
const shownQuestions = `
	ALTER TABLE questions ADD COLUMN shown   TEXT NOT NULL DEFAULT '';
	ALTER TABLE questions ADD COLUMN former  TEXT NOT NULL DEFAULT '';
	ALTER TABLE questions ADD COLUMN subject BLOB NOT NULL DEFAULT x'';
	ALTER TABLE questions ADD COLUMN asker   TEXT NOT NULL DEFAULT '';`

var format = store.Format{Name: "record of changes", Application: 0x43644368, Version: 5, Durability: store.Full,
	Steps: []store.Step{{From: 0, To: 1, SQL: schema}, {From: 1, To: 2, SQL: questions}, {From: 2, To: 3, SQL: usedQuestions},
		{From: 3, To: 4, SQL: questionKinds}, {From: 4, To: 5, SQL: shownQuestions}}, Readers: 2, Patience: 5 * time.Second}

// Open opens the file at path, creating it (mode 0600) where it is missing. A
// damaged or foreign file is moved aside; notice then says so in a sentence.
func Open(path string) (s *Store, notice string, err error) {
	db, err := store.Open(path, format)
	var bad *store.Unusable
	if errors.As(err, &bad) {
		kept, err := store.MoveAside(path, bad.Kind, time.Now())
		if err != nil {
			return nil, "", fmt.Errorf("changes store: keep %s file aside: %w", bad.Kind, err)
		}
		notice = fmt.Sprintf("The record of changes was %s (%s) and was kept as %s. What is in it cannot be put back.", bad.Kind, bad.Why, kept)
		db, err = store.Open(path, format)
		if err != nil {
			return nil, "", err
		}
		return &Store{db}, notice, nil
	}
	if err != nil {
		return nil, "", err
	}
	return &Store{db}, "", nil
}

// Close closes the file. Calls after it return errors.
func (s *Store) Close() error { return s.db.Close() }

// Exists tells whether there is a file at path.
func Exists(path string) bool { return store.Exists(path) }

// Remove deletes the file at path, which must be closed in this process. It is
// no error when there is none.
func Remove(path string) error { return store.Remove(path) }

// change runs do in one transaction that is on the disk when it returns.
func (s *Store) change(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return s.db.Change(context.WithoutCancel(ctx), what, store.Full, do)
}

// note is change for what a power cut may cost.
func (s *Store) note(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return s.db.Change(context.WithoutCancel(ctx), what, store.Normal, do)
}
