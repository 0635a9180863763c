package state

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"codabridge/server/fault"
	"codabridge/server/store"
)

// Backup are the connections and what else the database remembers, by table and
// column: no activity, no sign-in that is under way. Of tokens it holds the
// hashes, as the database does.
type Backup map[string][]map[string]any

// backedUp are the tables of a Backup, in the order in which they can be filled.
var backedUp = []string{"clients", "redirects", "grants", "tokens", "settings", "policies"}

// passing begins the keys of settings that say how things stood at a moment.
var passing = []string{"stopped", "program_started/"}

// ErrNewer: the backup was made by a newer program.
var ErrNewer = errors.New("it was made by a newer codabridge; update this one first")

// Export reads the database at path, also beside the program that uses it. One
// that is missing gives an empty Backup.
func Export(ctx context.Context, path string) (Backup, error) {
	b := Backup{}
	db, err := store.OpenReadOnly(path, format())
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	defer db.Close()
	tx, err := db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // all tables of one moment
	if err != nil {
		return nil, store.Classify(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, table := range backedUp {
		b[table], err = exportTable(tx, table)
		if err != nil {
			return nil, fmt.Errorf("state: export %s: %w", table, store.Classify(err))
		}
	}
	return b, nil
}

func exportTable(tx *sql.Tx, table string) (all []map[string]any, err error) {
	rows, err := tx.Query(`SELECT * FROM ` + table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	all = []map[string]any{}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, n := range names {
			row[n] = values[i] // bytes become base64 in JSON
		}
		if table != "settings" || !isPassing(row["key"]) {
			all = append(all, row)
		}
	}
	return all, rows.Err()
}

func isPassing(key any) bool {
	s, _ := key.(string)
	for _, p := range passing {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// Import replaces what a Backup holds in the database at path, wholly or not at
// all. Nobody else may have the database open.
func Import(ctx context.Context, path string, b Backup) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	s, _, err := Open(path)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.change(ctx, "restore", func(tx *sql.Tx) error {
		for _, table := range append([]string{"codes"}, backedUp...) {
			if _, err := tx.Exec(`DELETE FROM ` + table); err != nil {
				return err
			}
		}
		for table := range b {
			if columnsOf(tx, table) == nil {
				return ErrNewer
			}
		}
		for _, table := range backedUp {
			if err := importTable(tx, table, b[table]); err != nil {
				return err
			}
		}
		return nil
	})
}

// columnsOf are the columns of a table that a Backup may hold, with their types.
func columnsOf(tx *sql.Tx, table string) map[string]string {
	if !strings.Contains(" "+strings.Join(backedUp, " ")+" ", " "+table+" ") {
		return nil
	}
	rows, err := tx.Query(`SELECT name, type FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil
	}
	defer rows.Close()
	types := map[string]string{}
	for rows.Next() {
		var name, kind string
		if rows.Scan(&name, &kind) != nil {
			return nil
		}
		types[name] = kind
	}
	return types
}

func importTable(tx *sql.Tx, table string, rows []map[string]any) error {
	types := columnsOf(tx, table)
	for _, row := range rows {
		names, marks, values := []string{}, []string{}, []any{}
		for name, v := range row {
			kind, known := types[name]
			if !known {
				return ErrNewer
			}
			value, err := fromJSON(kind, v)
			if err != nil {
				return notOurs(err, table)
			}
			names, marks, values = append(names, name), append(marks, "?"), append(values, value)
		}
		if len(names) == 0 {
			continue
		}
		statement := `INSERT INTO ` + table + ` (` + strings.Join(names, ", ") + `) VALUES (` + strings.Join(marks, ", ") + `)`
		if _, err := tx.Exec(statement, values...); err != nil {
			return notOurs(err, table)
		}
	}
	return nil
}

// CodeBackup: a backup holds what this program does not write.
const CodeBackup fault.Code = "state_backup"

// notOurs says that a backup's table is not as we write it, unless something else
// is in the way.
func notOurs(err error, table string) error {
	known := store.Classify(err)
	for _, other := range []error{store.ErrDiskFull, store.ErrReadOnly, store.ErrLocked, store.ErrDamaged} {
		if errors.Is(known, other) {
			return known
		}
	}
	return fault.Wrap(err, CodeBackup, "Its list of %s is not as codabridge writes it, so nothing was changed. Take another backup.", table)
}

// fromJSON is a value of a column of this type as JSON gives it.
func fromJSON(kind string, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case json.Number:
		return v.Int64()
	case float64:
		return int64(v), nil
	case string:
		if kind == "BLOB" {
			return base64.StdEncoding.DecodeString(v)
		}
		return v, nil
	case []byte, int64:
		return v, nil
	}
	return nil, fmt.Errorf("%T is no value of a database", v)
}
