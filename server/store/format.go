package store

import (
	"database/sql"
	"fmt"
	"time"
)

// Durability is how far a commit goes before it returns.
type Durability string

const (
	// Full: what is acknowledged is on the disk.
	Full Durability = "FULL"
	// Normal: a power cut may cost the last commits and nothing else.
	Normal Durability = "NORMAL"
)

// Format is a kind of file.
type Format struct {
	// Name is what errors call it.
	Name string
	// Application marks a file as ours (SQLite's application_id), so that
	// another program's database under this name is not written into.
	Application int
	// Version is the one that this program writes. Steps lead to it.
	Version int
	Steps   []Step
	// Thorough reads the whole file when it is opened. Without it, damage
	// further inside is met by the query that steps on it.
	Thorough bool
	// Durability is what Open sets.
	Durability Durability
	// Readers are the idle connections kept for reading.
	Readers int
	// GivesBack is set for a file whose free pages Compact gives back to the disk.
	GivesBack bool
	// Patience is how long a change waits for the one before it.
	Patience time.Duration
}

// Step changes the tables of one version into those of another, 0 being an
// empty file.
type Step struct {
	From, To int
	SQL      string
}

// next finds the step that begins at a version.
func (f Format) next(version int) (Step, bool) {
	for _, s := range f.Steps {
		if s.From == version {
			return s, true
		}
	}
	return Step{}, false
}

// inspect says what version the file has, or what is wrong with it. It changes
// nothing.
func (f Format) inspect(db *sql.DB) (version int, err error) {
	if f.Thorough {
		var result string
		if err := db.QueryRow(`PRAGMA quick_check(1)`).Scan(&result); err != nil {
			return 0, err
		}
		if result != "ok" {
			return 0, &Unusable{Kind: Damaged, Why: result}
		}
	}
	var app, tables int
	err = db.QueryRow(`SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).Scan(&app, &version, &tables)
	switch _, known := f.next(version); {
	case err != nil:
		return 0, err
	case app != f.Application && tables > 0:
		return 0, &Unusable{Kind: Foreign, Why: "it holds other tables"}
	case version > f.Version:
		return 0, &Unusable{Kind: Newer, Why: fmt.Sprintf("version %d, this program knows %d", version, f.Version)}
	case version < 0 || (version == 0) != (tables == 0):
		return 0, &Unusable{Kind: Damaged, Why: "its version and its tables do not belong together"}
	case version < f.Version && !known:
		return 0, &Unusable{Kind: Outdated, Why: fmt.Sprintf("version %d, this program makes %d", version, f.Version)}
	}
	return version, nil
}

// migrate applies what is missing, each step in a transaction with the
// version it leads to.
func (f Format) migrate(db *sql.DB, version int) error {
	for version < f.Version {
		step, ok := f.next(version)
		if !ok {
			return fmt.Errorf("no step leads on from version %d", version)
		}
		if err := f.apply(db, step); err != nil {
			return err
		}
		version = step.To
	}
	return nil
}

func (f Format) apply(db *sql.DB, step Step) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after Commit
	var version int
	if err := tx.QueryRow(`SELECT user_version FROM pragma_user_version`).Scan(&version); err != nil {
		return err
	}
	if version != step.From { // another process, which opened the file at the same moment, has made it
		return nil
	}
	if _, err := tx.Exec(step.SQL + fmt.Sprintf("; PRAGMA application_id=%d; PRAGMA user_version=%d;", f.Application, step.To)); err != nil {
		return err
	}
	return tx.Commit()
}
