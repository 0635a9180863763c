package query

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Filter is the conditions of a question by themselves.
type Filter struct {
	all   columns
	env   Env
	where *node
	used  []int // the columns that it looks at
}

// CompileFilter checks conditions, as Spec.Where has them, against the columns
// of a table. An error is a sentence without its full stop.
func CompileFilter(where any, all []Column, env Env) (*Filter, error) {
	f := &Filter{all: all, env: env}
	reader := &conditions{all: f.all, env: env}
	var err error
	f.where, err = reader.read(where, 0)
	if err == nil {
		err = f.where.certain()
		f.used = f.where.columns()
	}
	return f, err
}

// Uses tells whether the cells of a column, named by its id, count. Others need
// not be given.
func (f *Filter) Uses(column string) bool {
	return slices.ContainsFunc(f.used, func(at int) bool { return f.all[at].ID == column })
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
	for _, i := range f.used {
		cells[i] = read(&f.all[i], values[f.all[i].ID], f.env.Now.Location())
	}
	ok := f.where.holds(f.all, cells)
	f.where.notice(f.all, cells)
	return ok
}

// Near says, for each condition that no row met so far, which values are like
// what was asked for.
func (f *Filter) Near() []string { return f.where.near(f.all) }

// Since reads the moment from which on something is meant: "7 days", "last
// week", "2026-11-20", "yesterday". An error is a sentence without its full
// stop.
func Since(text string, now time.Time) (time.Time, error) {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	text = strings.TrimPrefix(text, "since ")
	if at, ok := justBefore(text, now); ok {
		return at, nil
	}
	p, err := readPeriod(text, now)
	if err != nil {
		return time.Time{}, fmt.Errorf("since: %w", err)
	}
	return p.from, nil
}

// isShort is a length as people shorten it, or one within a day.
var isShort = pattern(`^(?:(?:the )?(?:last|past) )?(\d{1,4}) ?(minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|mo|quarters?|q|years?|y)(?: ago)?$`)

// justBefore reads how long ago something is, or a day of the week, whose last
// one is meant.
func justBefore(text string, now time.Time) (time.Time, bool) {
	if m := isShort().FindStringSubmatch(text); m != nil {
		name := map[byte]string{'h': "hour", 'd': "day", 'w': "week", 'm': "month", 'q': "quarter", 'y': "year"}[m[2][0]]
		if strings.HasPrefix(m[2], "mi") {
			name = "minute"
		}
		p, ok := counted("last "+m[1]+" "+name, now)
		return p.from, ok
	}
	text = strings.TrimPrefix(text, "last ")
	for back := range 7 {
		day := add("day", now, -back)
		if name := strings.ToLower(day.Weekday().String()); text == name || text == name[:3] {
			return day, true
		}
	}
	return time.Time{}, false
}
