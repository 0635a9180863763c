package changes

import (
	"encoding/json"
	"fmt"

	"codabridge/server/coda"
	store "codabridge/server/store/changes"
)

// change is a record with its contents decoded.
type change struct {
	store.Record
	args   coda.Args
	before Image
	answer map[string]any
	moved  map[string]string
}

func decodeChange(r store.Record) (*change, error) {
	c := &change{Record: r, args: coda.Args{}, answer: map[string]any{}}
	for _, part := range []struct {
		b    []byte
		into any
	}{{r.Args, &c.args}, {r.Before, &c.before}, {r.Answer, &c.answer}} {
		if len(part.b) == 0 {
			continue
		}
		if err := decode(part.b, part.into); err != nil {
			return nil, fmt.Errorf("changes: read change %s: %w", r.ID, err)
		}
	}
	return c, nil
}

// now is the id under which a thing stands by now.
func (c *change) now(id string) string {
	for range 100 { // a chain of things put back and put back again
		next, ok := c.moved[id]
		if !ok || next == id {
			break
		}
		id = next
	}
	return id
}

func (c *change) arg(name string) string { return c.now(text(c.args, name)) }

// in are the arguments that say where a change was.
func (c *change) in(names ...string) coda.Args {
	args := coda.Args{}
	for _, name := range names {
		args[name] = c.arg(name)
	}
	return args
}

// Part is one thing of a change: a cell, a line, a fact.
type Part struct {
	Name string `json:"name"`
	// Before, After and Now are how it was, what was written, and how it is.
	Before string `json:"before"`
	After  string `json:"after"`
	Now    string `json:"now"`
	// Changed says that it holds neither by now.
	Changed bool `json:"changed,omitempty"`
	// Back says that it is as before already.
	Back bool `json:"back,omitempty"`
}

// plan is what putting a change back does.
type plan struct {
	parts []Part
	steps []step
	// notes are said beforehand; asks want a yes beforehand.
	notes, asks []string
}

// step is one write of a plan.
type step struct {
	what  string // the things that it puts back, for the sentence of a half
	write Write
	// moves tells by Coda's answer, and by how it is then, which things have
	// another id; nil where none has.
	moves func(answer json.RawMessage) map[string]string
	// relines are the lines of a page that the step brings back, whose new ids
	// are found by looking.
	relines []coda.Line
}

func (p *plan) anyChanged() bool {
	for _, part := range p.parts {
		if part.Changed {
			return true
		}
	}
	return false
}

// judge compares a thing: before, written, and now. take says whether it is to
// be put back.
func judge(p *plan, part Part, isBefore, holdsWritten, all bool) (take bool) {
	part.Back = isBefore
	part.Changed = !isBefore && !holdsWritten
	p.parts = append(p.parts, part)
	return !isBefore && (holdsWritten || all)
}
