package changes

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
)

// Write is one write as it goes to Coda.
type Write struct {
	Operation string // of coda.Operations
	Args      coda.Args
	// Tool is what the caller used.
	Tool string
	// DocName and Name are what the doc, and the table, page or folder, are
	// called, where that is known; Link leads there.
	DocName, Name, Link string
	// Columns are those of the table, where they are known.
	Columns []coda.Column
	// Seen is how it is before, where who writes has just read it.
	Seen *Image
	// Known hears how it is before, right before it is sent, where that was read.
	Known func(before Image)
	// Undoes is the change that this write puts back, or empty.
	Undoes string
}

// Do makes a write with a record of it: send sends it and gives Coda's answer.
// Where it needs the owner's yes it waits for that first; see WithGate. id is that
// of the change, or empty where none is kept. The error is that of send, or a
// fault of this package when nothing was sent.
func (j *Journal) Do(ctx context.Context, w Write, send func(context.Context) (any, error)) (id string, err error) {
	if j == nil || !j.Enabled() && gateOf(ctx).why(ctx, kindsOf(&w, Image{}, false)) == "" {
		_, err := send(ctx)
		return "", err
	}
	w.Args = plainArgs(w.Args)
	before, err := j.before(ctx, &w)
	for err == nil {
		yes := ""
		yes, before, err = j.pass(ctx, &w, before)
		if err != nil {
			break
		}
		id, err = j.doOnce(ctx, w, before, yes, send)
		if !errors.Is(err, store.ErrUsed) {
			return id, err
		}
		gateOf(ctx).set("", false) // another call had the yes, or it came too late
		err = nil
	}
	return "", err
}

// doOnce makes a write for which the owner's yes is there, where it needs one.
func (j *Journal) doOnce(
	ctx context.Context, w Write, before Image, yes string, send func(context.Context) (any, error),
) (id string, err error) {
	r, err := j.begin(ctx, w, before, yes)
	if err != nil {
		return "", err
	}
	if yes != "" {
		gateOf(ctx).set("", true)
	}
	o := store.Outcome{State: store.Unknown, Trouble: "codabridge met a fault of its own while this was under way."}
	if r.ID != "" {
		defer func() { j.note(ctx, r.ID, o, store.Sent) }() // a panic too
	}
	if w.Known != nil && before.Missing == "" {
		w.Known(before)
	}
	answer, err := send(ctx)
	o = outcomeOf(answer, err)
	if w.Operation == "createDoc" {
		o.Doc = idIn(o.Answer)
	}
	if o.State == store.Failed && yes != "" {
		o.Returns = true // nothing was done, so the yes is still good for it
		gateOf(ctx).set("", false)
	}
	return r.ID, err
}

// begin writes a change down, where that is wanted, and uses the yes for it.
func (j *Journal) begin(ctx context.Context, w Write, before Image, yes string) (store.Record, error) {
	file, err := j.open(ctx)
	if err == nil && !j.Enabled() {
		if yes != "" {
			err = file.Use(ctx, yes, "ch-"+newID(), j.lives())
		}
		return store.Record{}, err
	}
	if err != nil {
		return store.Record{}, notKept(err)
	}
	who, k := caller.From(ctx), kindOf(w.Operation)
	r := store.Record{ID: "ch-" + newID(), Run: j.run, Time: j.o.Now(), Connection: who.ID, Client: who.Name, Tool: w.Tool, Operation: w.Operation,
		Doc: text(w.Args, "docId"), DocName: w.DocName, Thing: w.Name, Link: w.Link, State: store.Sent, Undoes: w.Undoes}
	if w.Operation == "createDoc" {
		r.DocName = cmp.Or(r.DocName, fault.Clip(text(w.Args, "title"), 120))
	}
	r.Sentence = fault.Clip(k.says(&w, before), 400)
	before.Columns = columnsOf(w.Columns)
	r.Args, err = json.Marshal(w.Args)
	if err == nil {
		r.Before, err = json.Marshal(before)
	}
	if err == nil {
		err = file.Add(ctx, r, yes, j.lives())
	}
	if errors.Is(err, store.ErrUsed) {
		return r, err
	}
	if err != nil {
		return r, notKept(err)
	}
	j.trim(ctx, file)
	j.changed()
	return r, nil
}

func notKept(err error) error {
	return fault.Wrap(err, CodeNotKept, "Nothing was written: codabridge keeps a record of each change, and it cannot be written just now. "+
		"The owner finds the cause with codabridge doctor, or switches the record off.")
}

// note notes what became of a change. That it cannot be noted leaves the change
// under way, which the next start says is unknown.
func (j *Journal) note(ctx context.Context, id string, o store.Outcome, from ...store.State) {
	file, err := j.open(ctx)
	if err == nil {
		_, err = file.Set(ctx, id, o, from...)
	}
	if err != nil {
		j.o.Log.Error("changes: note what became of a change", "id", id, "err", err)
	}
	j.changed()
}

// Applied notes that a write which Coda had queued has been applied.
func (j *Journal) Applied(ctx context.Context, request string) {
	if !j.Enabled() {
		return
	}
	file, err := j.open(ctx)
	if err == nil {
		err = file.Applied(ctx, request)
	}
	if err != nil {
		j.o.Log.Error("changes: note an applied change", "err", err)
	}
	j.changed()
}
