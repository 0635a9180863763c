package store

import (
	"database/sql"
	"fmt"
)

// application marks the file as ours ("Coda" in ASCII), so that another
// program's database under this name is not written into.
const application = 0x436f6461

// migrations bring a database from version i to version i+1. Only ever add
// to the end of this list.
var migrations = []string{
	`CREATE TABLE clients (
		id            TEXT PRIMARY KEY,
		name          TEXT NOT NULL,
		redirect_uris TEXT NOT NULL,
		auth_method   TEXT NOT NULL,
		secret        BLOB,
		created       INTEGER NOT NULL,
		granted       INTEGER NOT NULL DEFAULT 0
	) WITHOUT ROWID;
	CREATE INDEX clients_age ON clients (granted, created);

	CREATE TABLE grants (
		id           TEXT PRIMARY KEY,
		client_id    TEXT NOT NULL,
		client_name  TEXT NOT NULL,
		self_named   INTEGER NOT NULL,
		redirect_uri TEXT NOT NULL,
		issuer       TEXT NOT NULL,
		resource     TEXT NOT NULL,
		scopes       TEXT NOT NULL,
		created      INTEGER NOT NULL,
		last_used    INTEGER NOT NULL
	) WITHOUT ROWID;

	CREATE TABLE codes (
		hash      BLOB PRIMARY KEY,
		grant_id  TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
		challenge TEXT NOT NULL,
		created   INTEGER NOT NULL,
		used      INTEGER NOT NULL DEFAULT 0
	) WITHOUT ROWID;
	CREATE INDEX codes_grant ON codes (grant_id);

	CREATE TABLE tokens (
		hash     BLOB PRIMARY KEY,
		kind     TEXT NOT NULL,
		grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
		scopes   TEXT NOT NULL,
		created  INTEGER NOT NULL,
		expires  INTEGER NOT NULL,
		rotated  INTEGER NOT NULL DEFAULT 0
	) WITHOUT ROWID;
	CREATE INDEX tokens_grant ON tokens (grant_id, kind, created);
	CREATE INDEX tokens_expiry ON tokens (expires);

	CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

	CREATE TABLE activity (
		id         INTEGER PRIMARY KEY,
		time       INTEGER NOT NULL,
		connection TEXT NOT NULL,
		tool       TEXT NOT NULL,
		status     TEXT NOT NULL,
		duration   INTEGER NOT NULL,
		bytes_in   INTEGER NOT NULL,
		bytes_out  INTEGER NOT NULL
	);`,
}

// inspect reads the whole file once and says what is wrong with it. It
// changes nothing.
func inspect(db *sql.DB) error {
	var result string
	if err := db.QueryRow(`PRAGMA quick_check(1)`).Scan(&result); err != nil {
		return err
	}
	if result != "ok" {
		return &unusable{kind: "damaged", why: result}
	}
	var app, version, tables int
	err := db.QueryRow(`SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).Scan(&app, &version, &tables)
	switch {
	case err != nil:
		return err
	case app != application && tables > 0:
		return &unusable{kind: "foreign", why: "it holds other tables"}
	case version > len(migrations):
		return &unusable{kind: "newer", why: fmt.Sprintf("version %d, this program knows %d", version, len(migrations))}
	case version < 0 || (version == 0) != (tables == 0):
		return &unusable{kind: "damaged", why: "its version and its tables do not belong together"}
	}
	return nil
}

// migrate applies what is missing, each step in a transaction with the
// version it leads to.
func migrate(db *sql.DB) error {
	var version int
	if err := db.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	for ; version < len(migrations); version++ {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		step := fmt.Sprintf("%s; PRAGMA application_id=%d; PRAGMA user_version=%d;", migrations[version], application, version+1)
		if _, err := tx.Exec(step); err != nil {
			_ = tx.Rollback()
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}
