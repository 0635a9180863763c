package changes

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/words"
)

// OwnerID is the caller's id of the owner: the one who reaches all changes.
const OwnerID = "owner"

// AsOwner makes the owner the caller of a context.
func AsOwner(ctx context.Context) context.Context {
	return caller.With(ctx, caller.Caller{ID: OwnerID, Name: "you", Reach: caller.Reach{Write: true}})
}

// Entry is a change as lists show it, without contents but for its sentence.
type Entry struct {
	ID         string      `json:"id"`
	Time       time.Time   `json:"time"`
	Connection string      `json:"connection"`
	Client     string      `json:"client"`
	Tool       string      `json:"tool"`
	Document   string      `json:"document,omitempty"`
	DocName    string      `json:"document_name,omitempty"`
	Link       string      `json:"link,omitempty"`
	Sentence   string      `json:"sentence"`
	State      store.State `json:"state"`
	Trouble    string      `json:"trouble,omitempty"`
	Undoes     string      `json:"undoes,omitempty"`
	// Never says why it cannot be put back, or is empty.
	Never string `json:"never,omitempty"`
}

// Detail is a change with what it changed.
type Detail struct {
	Entry
	Parts []Part `json:"parts"`
	// Notes and Asks are said and asked before it is put back.
	Notes []string `json:"notes,omitempty"`
	Asks  []string `json:"asks,omitempty"`
}

func entryOf(r store.Record) Entry {
	e := Entry{ID: r.ID, Time: r.Time, Connection: r.Connection, Client: r.Client, Tool: r.Tool, Document: r.Doc, DocName: r.DocName,
		Link: r.Link, Sentence: r.Sentence, State: r.State, Trouble: r.Trouble, Undoes: r.Undoes}
	if k := kindOf(r.Operation); k.plan == nil {
		e.Never = k.never
	}
	return e
}

// Query chooses changes; zero fields choose all.
type Query struct {
	Connection, Document string // ids; a doc by its name, too
	Client               string // the name of connections
	State                store.State
	Since                time.Time
	// Older is the id of a change: those before it.
	Older string
	Limit int
}

// List gives changes, the newest first. Everybody but the owner sees only their
// own.
func (j *Journal) List(ctx context.Context, q Query) ([]Entry, error) {
	if !j.Enabled() {
		return nil, errOff
	}
	file, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	who := caller.From(ctx)
	if who.ID != OwnerID {
		q.Connection, q.Client = who.ID, ""
		if who.ID == "" {
			return []Entry{}, nil
		}
	}
	if q.Older != "" {
		if _, err := file.Get(ctx, q.Older); errors.Is(err, store.ErrNotFound) {
			return nil, NoChange(q.Older)
		}
	}
	all, err := file.List(ctx, store.Filter{Connection: q.Connection, Client: q.Client, Doc: q.Document, State: q.State,
		Since: q.Since, Older: q.Older, Limit: q.Limit})
	out := []Entry{}
	for _, r := range all {
		if reaches(who, r) {
			out = append(out, entryOf(r))
		}
	}
	return out, err
}

// ParseState reads a state of a change; empty is any.
func ParseState(s string) (store.State, error) {
	if s == "" || slices.Contains(store.States, store.State(s)) {
		return store.State(s), nil
	}
	return "", fault.New(fault.CodeInput, "There is no state %q of a change; there are %s.", fault.ClipLine(s, 40), stateNames())
}

func stateNames() string {
	names := make([]string, len(store.States))
	for i, s := range store.States {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// Connections are those whose changes are on record, names by id. It makes no file
// where there is none.
func (j *Journal) Connections(ctx context.Context) (map[string]string, error) {
	if !j.exists() {
		return nil, nil
	}
	file, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	return file.Connections(ctx)
}

// reaches tells whether a change is a caller's own, or the owner asks. Which docs
// a caller may see is the tools' to ask, who know what the owner chose.
func reaches(who caller.Caller, r store.Record) bool {
	if who.ID == OwnerID {
		return true
	}
	return who.ID != "" && who.ID == r.Connection
}

// change reads a change that the caller of ctx may know.
func (j *Journal) change(ctx context.Context, id string) (*change, error) {
	if !j.Enabled() {
		return nil, errOff
	}
	file, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	r, err := file.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !reaches(caller.From(ctx), r) {
		return nil, NoChange(id)
	}
	if err != nil {
		return nil, err
	}
	c, err := decodeChange(r)
	if err != nil {
		return nil, err
	}
	c.moved, err = file.Moved(ctx, r.Doc)
	return c, err
}

// Entry gives one change as lists show it.
func (j *Journal) Entry(ctx context.Context, id string) (Entry, error) {
	c, err := j.change(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	return entryOf(c.Record), nil
}

// Show gives a change with how it was, what was written, and how it is now.
func (j *Journal) Show(ctx context.Context, id string) (Detail, error) {
	c, err := j.change(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	if c.State == store.Queued {
		j.refresh(ctx, c)
	}
	d := Detail{Entry: entryOf(c.Record), Parts: []Part{}}
	if d.Never != "" {
		d.Notes, d.Parts = []string{d.Never}, c.remains()
		return d, nil
	}
	p, err := kindOf(c.Operation).plan(ctx, j, c, true)
	if err != nil {
		d.Notes, d.Parts = []string{sentenceOf(err)}, c.remains()
		return d, nil
	}
	d.Parts, d.Notes, d.Asks = p.parts, p.notes, p.asks
	return d, nil
}

// remains is what is known of a change whose thing cannot be looked at.
func (c *change) remains() []Part {
	parts := []Part{}
	for _, row := range c.before.Rows {
		parts = append(parts, Part{Name: "row " + rowName(row, row.ID), Before: shownRow(row, c.before.Columns)})
	}
	for _, f := range factsOf(c.Operation) {
		_, set := c.args[f.name]
		if v, ok := c.before.Facts[f.name]; ok && (set || strings.HasPrefix(c.Operation, "delete")) { // the others stay as they are
			parts = append(parts, Part{Name: f.shown, Before: words.CellWords(v), After: words.CellWords(c.args[f.name])})
		}
	}
	if len(c.before.Lines) > 0 {
		parts = append(parts, Part{Name: "text of the page", Before: lineTexts(c.before.Lines)})
	}
	return parts
}

// UndoSince puts everything back that a connection changed since a time, the
// last first. It goes on after a change that cannot be put back or that wants a
// yes, which its Result says.
func (j *Journal) UndoSince(ctx context.Context, connection string, since time.Time, how How) ([]Result, error) {
	if err := j.mayWrite(ctx); err != nil {
		return nil, err
	}
	entries, err := j.List(ctx, Query{Connection: connection, Since: since})
	out := []Result{}
	for _, e := range entries {
		if e.Undoes != "" || e.State == store.Undone || e.State == store.Failed {
			continue
		}
		r, err := j.Undo(ctx, e.ID, how)
		if err != nil {
			r = Result{ID: e.ID, State: e.State, Sentence: sentenceOf(err)}
		}
		out = append(out, r)
		if ctx.Err() != nil {
			break
		}
	}
	return out, err
}
