package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"codabridge/server/store"
)

// openFile opens the file, and takes one whose tables are not those of schema
// for damaged: its version says nothing of them.
func openFile(path string, open func(string, store.Format) (*store.DB, error)) (*store.DB, error) {
	f, err := open(path, format)
	if err != nil {
		return nil, err
	}
	err = addTables(f)
	if err == nil {
		err = checkTables(f)
	}
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(classify(err), ErrDamaged) {
		return nil, &store.Unusable{Kind: store.Damaged, Why: err.Error()}
	}
	return nil, fmt.Errorf("index store: open: %w", classify(err))
}

// addTables makes those that a file of an older program lacks, unless it is only
// read.
func addTables(f *store.DB) error {
	if f.OnlyReads() {
		return nil
	}
	var there bool
	err := f.Read().QueryRow(`SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sums')`).Scan(&there)
	if err != nil || there {
		return err
	}
	return f.Change(context.Background(), "add tables", store.Normal, func(tx *sql.Tx) error {
		_, err := tx.Exec(strings.Replace(added, "CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
		return err
	})
}

var errTables = fmt.Errorf("%w: a table is not as it should be", ErrDamaged)

func checkTables(f *store.DB) error {
	have, err := store.All(context.Background(), f.Read(), store.One[string], `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL`)
	if err != nil {
		return err
	}
	for statement := range strings.SplitSeq(schema, ";\n") {
		at := strings.Index(statement, "CREATE ")
		if at >= 0 && !slices.Contains(have, strings.TrimSpace(statement[at:])) {
			return errTables
		}
	}
	sums := strings.TrimSuffix(strings.TrimSpace(added), ";")
	if slices.ContainsFunc(have, func(s string) bool { return strings.Contains(s, "TABLE sums") && s != sums }) {
		return errTables
	}
	return nil
}

// classify is store.Classify, and takes for damage too what only a file can
// cause that is not as this package writes it.
func classify(err error) error {
	err = store.Classify(err)
	if err == nil || errors.Is(err, ErrDamaged) {
		return err
	}
	for _, sign := range []string{"sql: Scan error", "no such table", "no such column", "has no column"} {
		if strings.Contains(err.Error(), sign) {
			return fmt.Errorf("%w (%w)", ErrDamaged, err)
		}
	}
	return err
}
