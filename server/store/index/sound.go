package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
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
	have, err := tablesOf(f)
	if err == nil {
		err = checkTables(have)
	}
	if err == nil {
		err = addTables(f, have)
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

// added is what came without another version. A file that an older program has
// written is read without it, and gets it when it is opened for writing; the two
// indexes over all rows that such a file has are kept.
var added = []struct{ name, sql string }{{"sums", sums}, {"stretches", stretches},
	{"rows_come", rowsCome}, {"rows_change", rowsChange}, {"rows_go", rowsGo}}

// tablesOf are the statements by which tables, indexes and triggers were made, by
// their names.
func tablesOf(f *store.DB) (map[string]string, error) {
	have := map[string]string{}
	return have, store.Each(context.Background(), f.Read(), func(scan func(...any) error) error {
		var name, sql string
		err := scan(&name, &sql)
		have[name] = sql
		return err
	}, `SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL`)
}

// addTables makes what is missing of added, unless the file is only read.
func addTables(f *store.DB, have map[string]string) error {
	var missing []string
	for _, a := range added {
		switch have[a.name] {
		case a.sql:
		case "":
			missing = append(missing, a.sql)
		default:
			return errTables
		}
	}
	if len(missing) == 0 || f.OnlyReads() {
		return nil
	}
	return f.Change(context.Background(), "add tables", store.Normal, func(tx *sql.Tx) error {
		for _, statement := range append(missing, fillStretches) {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
}

var errTables = fmt.Errorf("%w: a table is not as it should be", ErrDamaged)

func checkTables(have map[string]string) error {
	all := slices.Collect(maps.Values(have))
	for statement := range strings.SplitSeq(schema, ";\n") {
		at := strings.Index(statement, "CREATE ")
		if at >= 0 && !slices.Contains(all, strings.TrimSpace(statement[at:])) {
			return errTables
		}
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
