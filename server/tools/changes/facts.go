package changes

import (
	"context"
	"fmt"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// fact is something that a write sets and that can be read.
type fact struct {
	name  string // of the argument
	read  string // of the answer; with a dot, of an object in it
	shown string
}

// readsBy is the operation that reads what another one changes.
var readsBy = map[string]string{"updatePage": "getPage", "deletePage": "getPage", "updateDoc": "getDoc", "deleteDoc": "getDoc",
	"updateFolder": "getFolder", "deleteFolder": "getFolder", "updateAclSettings": "getAclSettings"}

// factsOf are the facts that an operation changes.
func factsOf(operation string) []fact {
	switch operation {
	case "updatePage", "deletePage":
		return []fact{{"name", "name", "the name"}, {"subtitle", "subtitle", "the subtitle"}, {"iconName", "icon.name", "the icon"},
			{"isHidden", "isHidden", "hidden"}, {"imageUrl", "", "the cover picture"}}
	case "updateDoc", "deleteDoc":
		return []fact{{"title", "name", "the title"}, {"iconName", "icon.name", "the icon"}}
	case "updateFolder", "deleteFolder":
		return []fact{{"name", "name", "the name"}, {"description", "description", "the description"}}
	case "updateAclSettings":
		return []fact{{"allowEditorsToChangePermissions", "allowEditorsToChangePermissions", "\"editors may share\""},
			{"allowCopying", "allowCopying", "\"may be copied\""}, {"allowViewersToRequestEditing", "allowViewersToRequestEditing", "\"viewers may ask to edit\""}}
	}
	return nil
}

// factsIn are those of them that a write sets.
func factsIn(w *Write) []fact {
	var out []fact
	for _, f := range factsOf(w.Operation) {
		if _, ok := w.Args[f.name]; ok {
			out = append(out, f)
		}
	}
	return out
}

// readFacts reads the facts as they are.
func (j *Journal) readFacts(ctx context.Context, operation string, args coda.Args) (map[string]any, error) {
	by := readsBy[operation]
	o, ok := coda.FindOperation(by)
	if !ok {
		return nil, fmt.Errorf("changes: nothing reads what %s changes", operation)
	}
	ask := coda.Args{}
	for _, p := range o.Params {
		if v, ok := args[p.Name]; ok && p.In == "path" {
			ask[p.Name] = v
		}
	}
	answer, err := coda.CallFor[map[string]any](ctx, j.o.Coda, by, ask)
	if err != nil {
		return nil, err
	}
	facts := map[string]any{}
	for _, f := range factsOf(operation) {
		switch f.read {
		case "":
		case "icon.name":
			icon, _ := answer["icon"].(map[string]any)
			facts[f.name] = text(icon, "name")
		default:
			facts[f.name] = answer[f.read]
		}
	}
	return facts, nil
}

func beforeFacts(ctx context.Context, j *Journal, w *Write) (Image, error) {
	facts, err := j.readFacts(ctx, w.Operation, w.Args)
	return Image{Facts: facts}, err
}

func planFacts(ctx context.Context, j *Journal, c *change, all bool) (*plan, error) {
	if len(c.before.Facts) == 0 {
		return nil, noImage(c)
	}
	args := coda.Args{}
	o, _ := coda.FindOperation(c.Operation)
	for _, p := range o.Params {
		if p.In == "path" {
			args[p.Name] = c.arg(p.Name)
		}
	}
	now, err := j.readFacts(ctx, c.Operation, args)
	if err != nil {
		return nil, err
	}
	p, changed := &plan{}, 0
	for _, f := range factsIn(&Write{Operation: c.Operation, Args: c.args}) {
		if f.read == "" {
			p.notes = append(p.notes, "What "+f.shown+" was before cannot be read through Coda's API, so it is not put back.")
			continue
		}
		was, wrote, is := words.CellWords(c.before.Facts[f.name]), words.CellWords(c.args[f.name]), words.CellWords(now[f.name])
		if judge(p, Part{Name: f.shown, Before: was, After: wrote, Now: is}, is == was, is == wrote, all) {
			args[f.name] = factValue(c.before.Facts[f.name])
			changed++
		}
	}
	if changed > 0 {
		p.steps = append(p.steps, step{what: words.Count(changed, "fact"), write: Write{Operation: c.Operation, Args: args}})
	}
	return p, nil
}

// factValue is a fact as a write takes it: what was not there is empty.
func factValue(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// PageFacts are the facts of a page that was just read.
func PageFacts(p coda.DocPage) *Image {
	return &Image{Facts: map[string]any{"name": p.Name, "subtitle": p.Subtitle, "iconName": p.Icon.Name, "isHidden": p.IsHidden}}
}
