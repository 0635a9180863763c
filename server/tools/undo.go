package tools

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"codabridge/server/fault"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/words"
)

type listChangesArgs struct {
	Document string `json:"document"`
	Since    string `json:"since"`
	Change   string `json:"change"`
	Limit    int    `json:"limit"`
	Cursor   string `json:"cursor"`
}

// listedChange is a change as a model sees it.
type listedChange struct {
	ID       string           `json:"id"`
	Time     string           `json:"time"`
	Tool     string           `json:"tool"`
	Document *words.Reference `json:"document,omitempty"`
	What     string           `json:"what"`
	State    string           `json:"state"`
	Undoes   string           `json:"undoes,omitempty"`
	Note     string           `json:"note,omitempty"`
	Parts    []changes.Part   `json:"parts,omitempty"`
}

type listChangesResult struct {
	Changes    []listedChange `json:"changes"`
	NextCursor string         `json:"next_cursor,omitempty"`
	Note       string         `json:"note,omitempty"`
}

func (t *Tools) listChanges(ctx context.Context, a listChangesArgs) (listChangesResult, error) {
	out := listChangesResult{Changes: []listedChange{}}
	if !t.o.Changes.Enabled() {
		out.Note = "The owner keeps no record of changes here, so nothing can be listed or put back."
		return out, nil
	}
	if a.Change != "" {
		if err := t.reachChange(ctx, a.Change); err != nil {
			return out, err
		}
		d, err := t.o.Changes.Show(ctx, strings.TrimSpace(a.Change))
		if err == nil {
			one := shownChange(d.Entry)
			one.Note = strings.TrimSpace(one.Note + " " + strings.Join(append(d.Notes, d.Asks...), " "))
			one.Parts = clippedParts(d.Parts)
			out.Changes = append(out.Changes, one)
		}
		return out, err
	}
	q := changes.Query{Older: a.Cursor, Limit: cmp.Or(a.Limit, 30)}
	if a.Document != "" {
		doc, err := t.find.Doc(ctx, a.Document)
		if err != nil {
			return out, err
		}
		q.Document = doc.ID
	}
	var err error
	q.Since, err = sinceOf(a.Since, t.o.Now())
	if err != nil {
		return out, err
	}
	all, err := t.o.Changes.List(ctx, q)
	for _, e := range all {
		if t.reaches(ctx, e) {
			out.Changes = append(out.Changes, shownChange(e))
		}
	}
	if len(all) == q.Limit {
		out.NextCursor = all[len(all)-1].ID
	}
	return out, err
}

// sinceOf reads a time, or how long ago.
func sinceOf(s string, now time.Time) (time.Time, error) {
	at, err := fault.SinceOf(s, now)
	if err != nil {
		return at, words.Say("The argument \"since\" must be a time that has been, such as 2026-11-27T14:05, or how long ago, such as 90m or 2h, not %s.", words.Quote(s))
	}
	return at, nil
}

// reaches tells whether a change is of a document that the owner allows.
func (t *Tools) reaches(ctx context.Context, e changes.Entry) bool {
	if e.Document == "" {
		return t.find.WholeAccount(ctx, "changes") == nil
	}
	return t.find.Allows(ctx, e.Document)
}

// reachChange refuses a change that the caller may not know.
func (t *Tools) reachChange(ctx context.Context, id string) error {
	e, err := t.o.Changes.Entry(ctx, strings.TrimSpace(id))
	if err == nil && !t.reaches(ctx, e) {
		err = changes.NoChange(id) // as of one that does not exist
	}
	return err
}

func shownChange(e changes.Entry) listedChange {
	c := listedChange{ID: e.ID, Time: e.Time.Local().Format(time.RFC3339), Tool: e.Tool, What: e.Sentence,
		State: string(e.State), Undoes: e.Undoes, Note: words.Sentences(e.Trouble, e.Never)}
	if e.Document != "" {
		c.Document = &words.Reference{ID: e.Document, Name: e.DocName}
	}
	return c
}

// mostParts is how many things of a change an answer shows.
const mostParts = 40

func clippedParts(parts []changes.Part) []changes.Part {
	out := make([]changes.Part, 0, min(len(parts), mostParts))
	for _, p := range parts[:min(len(parts), mostParts)] {
		p.Before, p.After, p.Now = words.Clip(p.Before, 300), words.Clip(p.After, 300), words.Clip(p.Now, 300)
		out = append(out, p)
	}
	return out
}

const partsSchema = `{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"before":{"type":"string"},` +
	`"after":{"type":"string"},"now":{"type":"string"},"changed":{"type":"boolean"},"back":{"type":"boolean"}},"required":["name"]}}`

var listChangesTool = declare(tool{
	name:  "coda_list_changes",
	title: "Your changes",
	description: "Lists what you yourself changed in documents, the last first, with ids for coda_undo_change. " +
		"With change, one of them with how it was, what was written and how it is now.",
	repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"since":{"type":"string","description":"A time (2026-11-27T14:05) or how long ago (90m, 2h)."},
		"change":{"type":"string","description":"Id (ch-…) of one change to look at."},
		"limit":{"type":"integer","minimum":1,"maximum":100,"description":"Default 30."},
		"cursor":{"type":"string","description":"next_cursor of the answer before."}},
		"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"changes":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"time":{"type":"string"},"tool":{"type":"string"},
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"what":{"type":"string"},"state":{"type":"string"},"undoes":{"type":"string"},"note":{"type":"string"},
		"parts":` + partsSchema + `},"required":["id","time","what","state"]}},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},"required":["changes"],"additionalProperties":false}`,
}, (*Tools).listChanges)

type undoChangeArgs struct {
	Changes []string `json:"changes"`
	If      string   `json:"if_changed"`
}

type undoneChange struct {
	ID    string         `json:"id"`
	Done  bool           `json:"put_back"`
	State string         `json:"state,omitempty"`
	Note  string         `json:"note"`
	Parts []changes.Part `json:"parts,omitempty"`
}

type undoChangeResult struct {
	Changes []undoneChange `json:"changes"`
}

func (t *Tools) undoChange(ctx context.Context, a undoChangeArgs) (undoChangeResult, error) {
	var ids []string
	for _, given := range a.Changes { // an answer names several with blanks between them
		ids = append(ids, strings.FieldsFunc(given, func(r rune) bool { return r == ' ' || r == ',' })...)
	}
	ids = changes.EachOnce(ids)
	how := map[string]changes.How{"leave": changes.Rest, "overwrite": changes.All}[a.If]
	out := undoChangeResult{Changes: []undoneChange{}}
	mine := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return t.reachChange(ctx, id) != nil })
	if err := t.o.Changes.AskUndo(ctx, mine, how); err != nil {
		return out, err
	}
	for _, id := range ids {
		if err := t.reachChange(ctx, id); err != nil {
			if len(ids) == 1 {
				return out, err
			}
			out.Changes = append(out.Changes, undoneChange{ID: id, Note: words.Clip(err.Error(), 300)})
			continue
		}
		r, err := t.o.Changes.Undo(ctx, id, how)
		if err != nil && len(ids) > 1 { // the others are told of, too
			r, err = changes.Result{ID: id, Sentence: words.Clip(err.Error(), 300)}, nil
		}
		if err != nil {
			return out, err
		}
		one := undoneChange{ID: r.ID, Done: r.Done, State: string(r.State), Note: r.Sentence}
		if r.Question != nil {
			one.Note += " Ask the user, then call again with if_changed: leave keeps what was changed since, overwrite puts everything back."
			one.Parts = clippedParts(r.Question.Parts)
		}
		out.Changes = append(out.Changes, one)
		t.ForgetTexts()
	}
	return out, nil
}

// ForgetTexts drops what is remembered of contents and lists, which may have
// been changed by somebody else than a tool.
func (t *Tools) ForgetTexts() {
	t.find.ForgetAll()
	t.texts.Clear()
}

var undoChangeTool = declare(tool{
	name:  "coda_undo_change",
	title: "Put a change back",
	description: "Puts changes of your own back to how it was before, by the ids (ch-…) that a write's answer or coda_list_changes gives, in the order given: the last first. " +
		"Where somebody changed it since, or something would be lost, nothing is done and the answer says what; ask the user then.",
	writes: true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"changes":{"type":"array","minItems":1,"maxItems":50,"items":{"type":"string"},"description":"Ids (ch-…)."},
		"if_changed":{"type":"string","enum":["ask","leave","overwrite"],"description":"Default ask."}},
		"required":["changes"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"changes":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"put_back":{"type":"boolean"},"state":{"type":"string"},
		"note":{"type":"string"},"parts":` + partsSchema + `},"required":["id","put_back","note"]}},
		"repeated":{"type":"boolean"},"note":{"type":"string"},"change":{"type":"string"}},"required":["changes"],"additionalProperties":false}`,
}, (*Tools).undoChange)
