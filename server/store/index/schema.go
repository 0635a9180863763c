package index

import (
	"time"

	"codabridge/server/store"
)

// application marks an index file as ours ("Cidx" in ASCII).
const application = 0x43696478

// version is raised by one whenever schema, or the way words are cut
// before they are stored, changes. There are no migrations: a file of another
// version is made anew.
const version = 7

// format is the file. Reading a whole index when it is opened would take
// seconds. A change may be the removal of a large doc, so others wait longer.
var format = store.Format{Name: "index", Application: application, Version: version, Durability: store.Normal, Readers: 2,
	GivesBack: true, Patience: time.Minute, Steps: []store.Step{{From: 0, To: version, SQL: schema}}}

// The id of everything in the index is the number of its doc in the upper 32
// bits and a running number below, so that one doc is one range of ids, which
// the full-text tables can skip to. The doc itself has the running number 0.
const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE docs (
	num      INTEGER PRIMARY KEY AUTOINCREMENT,
	id       TEXT NOT NULL UNIQUE,
	name     TEXT NOT NULL,
	url      TEXT NOT NULL,
	updated  INTEGER NOT NULL,            -- what Coda lists
	version  TEXT NOT NULL,               -- the same, as Coda wrote it
	named    TEXT NOT NULL DEFAULT '',    -- the version whose names are stored
	done     TEXT NOT NULL DEFAULT '',    -- the version whose contents are stored
	named_at INTEGER NOT NULL DEFAULT 0,
	checked  INTEGER NOT NULL DEFAULT 0,  -- when the stored was last known to be current
	problem  TEXT NOT NULL DEFAULT '',    -- why it is skipped
	retry    INTEGER NOT NULL DEFAULT 0,  -- when a skipped one is tried again
	excluded INTEGER NOT NULL DEFAULT 0,
	next     INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE things (
	id         INTEGER PRIMARY KEY,
	kind       INTEGER NOT NULL,
	ref        TEXT NOT NULL,
	parent     TEXT NOT NULL DEFAULT '',
	title      TEXT NOT NULL,
	url        TEXT NOT NULL,
	updated    INTEGER NOT NULL,
	version    TEXT NOT NULL DEFAULT '',
	stored     TEXT NOT NULL DEFAULT '',
	state      INTEGER NOT NULL DEFAULT 0,
	problem    TEXT NOT NULL DEFAULT '',
	columns    TEXT NOT NULL DEFAULT '',
	row_url    TEXT NOT NULL DEFAULT '',
	sync       TEXT NOT NULL DEFAULT '',
	cursor     TEXT NOT NULL DEFAULT '',
	gen        INTEGER NOT NULL DEFAULT 0,
	row_count  INTEGER NOT NULL DEFAULT 0,
	rows_have  INTEGER NOT NULL DEFAULT 0,
	calculated INTEGER NOT NULL DEFAULT 0,
	listed     INTEGER NOT NULL DEFAULT 0,
	author     TEXT NOT NULL DEFAULT ''     -- who changed a page last
);
CREATE UNIQUE INDEX things_ref ON things (id >> 32, kind, ref);
CREATE INDEX things_waiting ON things (kind, state, id);
CREATE TABLE texts (id INTEGER PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE rows (
	id      INTEGER PRIMARY KEY,
	tbl     INTEGER NOT NULL,
	gen     INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	ref     TEXT NOT NULL,
	title   TEXT NOT NULL,
	url     TEXT NOT NULL,
	body    TEXT NOT NULL
);

-- What is found by words. What was written last is staged: its words stand
-- here, in the full-text tables, and in the sketches, which say what weighs how
-- much at most without reading it. The rest is in segments.
CREATE TABLE staged (
	id    INTEGER PRIMARY KEY,
	rows  INTEGER NOT NULL,   -- the tier: rows, or the rest
	of    INTEGER NOT NULL,   -- the lower half of the table's id, or the kind
	size  INTEGER NOT NULL,   -- bytes of words
	title TEXT NOT NULL,
	head  TEXT NOT NULL,
	body  TEXT NOT NULL,
	also  TEXT NOT NULL
);
CREATE TABLE sketches (shelf INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE segments (
	num    INTEGER PRIMARY KEY AUTOINCREMENT,
	rows   INTEGER NOT NULL,
	size   INTEGER NOT NULL,
	dead   INTEGER NOT NULL DEFAULT 0,   -- how many places are gone
	first  INTEGER NOT NULL,
	last   INTEGER NOT NULL,
	gone   BLOB,
	count  INTEGER NOT NULL,             -- how many places there are
	places BLOB NOT NULL,
	words  BLOB NOT NULL DEFAULT ''      -- with which each block begins
);
CREATE TABLE blocks (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE positions (id INTEGER PRIMARY KEY, body BLOB NOT NULL);

-- Words are cut and folded before they come here, and stand between single
-- spaces: the tokenizer has nothing to do but to part them.
CREATE VIRTUAL TABLE things_fts USING fts5 (title, head, body, also, content='', contentless_delete=1, tokenize='ascii');
CREATE VIRTUAL TABLE rows_fts USING fts5 (title, body, also, content='', contentless_delete=1, tokenize='ascii');
CREATE VIRTUAL TABLE things_words USING fts5vocab (things_fts, 'row');
CREATE VIRTUAL TABLE rows_words USING fts5vocab (rows_fts, 'row');
`
