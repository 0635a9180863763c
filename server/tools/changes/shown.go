package changes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
)

// How long looking at what waits takes at most, and how old a look may be.
const (
	lookPatience = 4 * time.Second
	lookAgain    = 5 * time.Second
)

// subject is by what a proposal is made anew: a write, or changes to put back.
type subject struct {
	Operation     string    `json:"operation,omitempty"`
	Args          coda.Args `json:"args,omitempty"`
	DocName, Name string    `json:",omitempty"`
	Link          string    `json:"link,omitempty"`
	Columns       []Column  `json:"columns,omitempty"`
	Undo          []string  `json:"undo,omitempty"`
	How           How       `json:"how,omitempty"`
}

func subjectOf(w *Write) subject {
	return subject{Operation: w.Operation, Args: w.Args, DocName: w.DocName, Name: w.Name, Link: w.Link, Columns: columnsOf(w.Columns)}
}

func (s subject) write() *Write {
	return &Write{Operation: s.Operation, Args: s.Args, DocName: s.DocName, Name: s.Name, Link: s.Link, Columns: codaColumns(s.Columns)}
}

// nameDeleted reads the names of the columns of rows that a write deletes, so that
// the owner sees what is in them; where it cannot, their names have to do.
func (j *Journal) nameDeleted(ctx context.Context, w *Write) {
	if len(w.Columns) > 0 || len(rowIDs(w.Args)) == 0 || w.Operation != "deleteRows" && w.Operation != "deleteRow" {
		return
	}
	columns, err := j.allColumns(ctx, text(w.Args, "docId"), text(w.Args, "tableIdOrName"))
	if err == nil {
		w.Columns = codaColumns(columns)
	}
}

// shownOf is a hash of how it is, of what the owner is shown of a write. What Coda
// calculates is not in it: it may be another each time it is read.
func shownOf(w *Write, before Image) string {
	plain := *w
	plain.Columns = slices.DeleteFunc(slices.Clone(w.Columns), func(c coda.Column) bool { return c.Calculated || c.Format.Type == "button" })
	return hashOf(preview(&plain, before))
}

func hashOf(parts []Part) string {
	sum := sha256.New()
	e := json.NewEncoder(sum)
	for _, p := range parts {
		_ = e.Encode([]string{p.Name, p.Before}) // a hash takes all
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// since shows beside each thing that the owner was shown how it is by now, where
// that is another.
func since(were, now []Part) []Part {
	out := slices.Clone(now)
	for i, p := range now {
		at := slices.IndexFunc(were, func(was Part) bool { return was.Name == p.Name && was.After == p.After })
		if i < len(were) && were[i].Name == p.Name {
			at = i
		}
		if at >= 0 && were[at].Before != p.Before {
			out[i].Before, out[i].Now, out[i].Changed = were[at].Before, p.Before, true
		}
	}
	return out
}

// followed has a question take the place of one to which the owner was shown
// something that is another by now.
func followed(was, q store.Question) store.Question {
	q.Former = was.ID
	var were, now []Part
	if json.Unmarshal(was.Parts, &were) != nil || json.Unmarshal(q.Parts, &now) != nil {
		return q // a yes has no parts any more
	}
	parts, err := json.Marshal(since(were, now))
	if err == nil {
		q.Parts = parts
	}
	return q
}

// LookAgain reads anew how it is where changes that wait would replace something,
// all of them, or that of an id. Where another has changed it, the owner is shown
// it under a new id, so that no yes is for what they have not seen. What cannot be
// read stays as it was.
func (j *Journal) LookAgain(ctx context.Context, id string) error {
	if !j.exists() {
		return nil
	}
	file, err := j.open(ctx)
	if err != nil {
		return err
	}
	all, err := file.Waiting(ctx, j.o.Now().Add(-askLives))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(AsOwner(ctx), lookPatience)
	defer cancel()
	for _, q := range all {
		if id == "" && j.justLooked(q) || id != "" && q.ID != id {
			continue
		}
		now, ok := j.looked(ctx, q)
		if !ok || now.Shown == q.Shown {
			continue
		}
		err := file.Renew(context.WithoutCancel(ctx), q.ID, now)
		if err != nil {
			j.o.Log.Warn("changes: renew a question", "err", err)
			continue
		}
		j.changed()
	}
	return nil
}

// justLooked tells whether a question is so new, or was looked at so short ago,
// that nothing is read for it; if not, it counts as looked at.
func (j *Journal) justLooked(q store.Question) bool {
	now := j.o.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	last, ok := j.looks[q.Digest]
	if !ok {
		last = q.Time
	}
	if age := now.Sub(last); age >= 0 && age < lookAgain {
		return true
	}
	for digest, at := range j.looks {
		if now.Sub(at) > askLives {
			delete(j.looks, digest)
		}
	}
	j.looks[q.Digest] = now
	return false
}

// looked is a question by how it is now; ok is false where that cannot be told.
func (j *Journal) looked(ctx context.Context, q store.Question) (now store.Question, ok bool) {
	var s subject
	if decode(q.Subject, &s) != nil {
		return q, false
	}
	p, ok := j.proposesAnew(ctx, s, q.Why)
	if !ok {
		return q, false
	}
	now = q
	now.ID, now.Shown, now.Sentence = "ask-"+newID(), p.shown, fault.Clip(p.Sentence, 400)
	parts, err := json.Marshal(p.Parts)
	if err != nil {
		return q, false
	}
	now.Parts = parts
	return followed(q, now), true
}

func (j *Journal) proposesAnew(ctx context.Context, s subject, why string) (p Proposal, ok bool) {
	if len(s.Undo) > 0 {
		p = j.proposesUndo(ctx, s.Undo, s.How, func(context.Context, []string) string { return why })
		return p, ctx.Err() == nil && len(p.subject.Undo) == len(s.Undo)
	}
	if s.Operation == "" {
		return p, false // of a version that did not keep it
	}
	w := s.write()
	before, err := j.before(ctx, w)
	if err != nil || before.Missing != "" {
		return p, false
	}
	return j.proposes(w, before, why), true
}
