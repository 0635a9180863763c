package state

import (
	"time"

	"codabridge/server/store"
)

// application marks the file as ours ("Coda" in ASCII), so that another
// program's database under this name is not written into.
const application = 0x436f6461

// format is the file: read through when it is opened, since it must not be lost.
func format() store.Format {
	f := store.Format{Name: "database", Application: application, Version: len(migrations), Thorough: true,
		Durability: store.Full, Readers: 4, Patience: 10 * time.Second}
	for i, m := range migrations {
		f.Steps = append(f.Steps, store.Step{From: i, To: i + 1, SQL: m})
	}
	return f
}

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
	// documents are ids with blanks between, none of which means all; an access
	// key is a grant without a client, which may have an end.
	`ALTER TABLE grants ADD COLUMN documents TEXT NOT NULL DEFAULT '';
	ALTER TABLE grants ADD COLUMN is_key INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE grants ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;`,
	`ALTER TABLE activity ADD COLUMN caller   TEXT NOT NULL DEFAULT '';
	ALTER TABLE activity ADD COLUMN doc      TEXT NOT NULL DEFAULT '';
	ALTER TABLE activity ADD COLUMN doc_name TEXT NOT NULL DEFAULT '';
	CREATE INDEX activity_time ON activity (time);`,
	// redirects are the addresses on no list that the owner said yes to, each for
	// one client; by_owner marks a client that the owner made by hand.
	`ALTER TABLE clients ADD COLUMN by_owner INTEGER NOT NULL DEFAULT 0;
	CREATE TABLE redirects (
		client_id TEXT NOT NULL,
		uri       TEXT NOT NULL,
		created   INTEGER NOT NULL,
		PRIMARY KEY (client_id, uri)
	) WITHOUT ROWID;`,
	// policies are what the owner decided later about what a caller may change.
	`CREATE TABLE policies (caller TEXT PRIMARY KEY, mode TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;`,
	// documents are the only docs that the owner lets it see from then on, as in
	// grants; NULL where that was not decided. An empty mode was not, either.
	`ALTER TABLE policies ADD COLUMN documents TEXT;`,
}
