package query

import (
	"fmt"
	"strings"
	"time"
)

// Filter is the conditions of a question by themselves.
type Filter struct {
	all   columns
	env   Env
	where *node
}

// CompileFilter checks conditions, as Spec.Where has them, against the columns
// of a table. An error is a sentence without its full stop.
func CompileFilter(where any, all []Column, env Env) (*Filter, error) {
	f := &Filter{all: all, env: env}
	reader := &conditions{all: f.all, env: env, part: "filter"}
	var err error
	f.where, err = reader.read(where, 0)
	if err == nil {
		err = f.where.certain()
	}
	return f, err
}

// certain refuses a date that could be meant otherwise: a filter cannot say how
// it was read.
func (n *node) certain() error {
	for _, child := range n.children {
		if err := child.certain(); err != nil {
			return err
		}
	}
	for i := range n.wanted {
		if t := &n.wanted[i]; t.span.assumed {
			return fmt.Errorf("%s may be %s or another. Give %s", quote(t.given), t.span.told(), whenHelp)
		}
	}
	return nil
}

// Holds tells whether a row fulfils the conditions; values are its cells by
// column id.
func (f *Filter) Holds(values map[string]any) bool {
	cells := make([][]value, len(f.all))
	for i := range f.all {
		cells[i] = read(&f.all[i], values[f.all[i].ID], f.env.Now.Location())
	}
	return f.where.holds(f.all, cells)
}

var isLength = pattern(`^(\d{1,4}) (day|week|month|quarter|year)s?$`)

// Since reads the moment from which on something is meant: "7 days", "last
// week", "2026-11-20", "yesterday". An error is a sentence without its full
// stop.
func Since(text string, now time.Time) (time.Time, error) {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	text = strings.TrimPrefix(text, "since ")
	if isLength().MatchString(text) {
		text = "last " + text
	}
	p, err := readPeriod(text, now)
	if err != nil {
		return time.Time{}, fmt.Errorf("since: %w", err)
	}
	return p.from, nil
}
