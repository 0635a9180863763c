//go:build !race

package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// in is how often a term stands in a part.
func (t Term) in(part []string) int {
	n := 0
	for i := 0; i+len(t.Words) <= len(part); i++ {
		fits := true
		for k, w := range t.Words {
			fits = fits && (part[i+k] == w || t.Prefix && k == len(t.Words)-1 && strings.HasPrefix(part[i+k], w))
		}
		if fits {
			n++
		}
	}
	return n
}

func (p *plainPlace) meets(terms []Term, m Match) bool {
	for _, t := range terms {
		parts := [][]string{p.title, p.head, p.body, p.also}
		switch {
		case m.Titles:
			parts = parts[:1]
		case m.Heads:
			parts = parts[1:2]
		}
		if slices.ContainsFunc(parts, func(part []string) bool { return t.in(part) > 0 }) {
			return true
		}
	}
	return false
}

// find gives all that a match finds, by key.
func (p *plain) find(m Match, s Scope, rows bool) []string {
	var out []string
	for k, at := range p.places {
		doc, _, _ := strings.Cut(k, " ")
		met := 0
		for _, terms := range m.All {
			if at.meets(terms, m) {
				met++
			}
		}
		switch {
		case at.kind == Rows != rows, !rows && s.Kinds != nil && !slices.Contains(s.Kinds, at.kind):
		case slices.Contains(p.gone, doc), s.Docs != nil && !slices.Contains(s.Docs, doc), slices.Contains(s.NotDocs, doc):
		case met == 0, !m.Any && met < len(m.All), len(m.None) > 0 && at.meets(m.None, Match{}):
		default:
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func (p *plain) term() Term {
	t := Term{Words: p.say(3), Prefix: p.r.IntN(3) == 0}
	if len(t.Words) == 0 {
		t.Words = []string{"an"}
	}
	if p.r.IntN(3) > 0 {
		t.Words = t.Words[:1]
	}
	return t
}

// look asks for something random, and compares.
func (p *plain) look() {
	p.t.Helper()
	var m Match
	for range 1 + p.r.IntN(3) {
		terms := []Term{p.term()}
		for p.r.IntN(3) == 0 {
			terms = append(terms, p.term())
		}
		m.All = append(m.All, terms)
	}
	if p.r.IntN(4) == 0 {
		m.None = []Term{p.term()}
	}
	m.Any, m.Titles = p.r.IntN(5) == 0, p.r.IntN(6) == 0
	rows := p.r.IntN(2) == 0
	m.Heads = !rows && !m.Titles && p.r.IntN(8) == 0
	var s Scope
	if p.r.IntN(3) == 0 {
		s.Docs = []string{"doc0", "doc2"}[:p.r.IntN(3)]
	}
	if p.r.IntN(3) == 0 {
		s.NotDocs = []string{"doc1"}
	}
	if !rows && p.r.IntN(3) == 0 {
		s.Kinds = []int{p.r.IntN(3)}
	}
	most := 1 + p.r.IntN(200)
	want := p.find(m, s, rows)
	err := p.db.View(context.Background(), "me", func(v *View) error {
		ids, more, err := v.Matching(m, s, rows, most)
		if err != nil {
			return err
		}
		got, err := p.keys(v, ids, rows)
		if err != nil {
			return err
		}
		if more != (len(want) > most) || len(got) != min(len(want), most) || !more && !slices.Equal(got, want) {
			p.t.Errorf("%+v in %+v, rows %v: %d found, more %v: %v\nwant %d: %v", m, s, rows, len(got), more, got, len(want), want)
		}
		things, of, err := v.Count(m.All[0], Scope{Docs: s.Docs, NotDocs: s.NotDocs}, most)
		one := Match{All: m.All[:1]}
		all := Scope{Docs: s.Docs, NotDocs: s.NotDocs}
		wantThings, wantRows := min(len(p.find(one, all, false)), most), min(len(p.find(one, all, true)), most)
		if things != wantThings || of != wantRows {
			p.t.Errorf("%+v in %+v is in %d things and %d rows, want %d and %d", m.All[0], all, things, of, wantThings, wantRows)
		}
		if err == nil && !m.Any {
			err = p.lookAtSpots(v, m, s, rows)
		}
		return err
	})
	p.must(err)
}

func (p *plain) keys(v *View, ids []int64, rows bool) ([]string, error) {
	var out []string
	err := v.Load(ids, rows, func(h Hit) { out = append(out, key(h.Doc, h.Kind, h.Ref)) })
	slices.Sort(out)
	if len(out) != len(ids) || len(slices.Compact(slices.Clone(out))) != len(out) {
		err = errors.Join(err, fmt.Errorf("of %d ids there are %v", len(ids), out))
	}
	return out, err
}

// lookAtSpots compares how often each clause stands in each part.
func (p *plain) lookAtSpots(v *View, m Match, s Scope, rows bool) error {
	spots := map[int64]Spot{}
	err := v.Sealed(m, s, rows, nil, func(at *Spot) {
		one := *at
		one.Met, one.Near = slices.Clone(at.Met), slices.Clone(at.Near)
		spots[at.ID] = one
	})
	for id, spot := range spots {
		k, failed := p.keys(v, []int64{id}, rows)
		err = errors.Join(err, failed)
		if err != nil {
			return err
		}
		at := p.places[k[0]]
		length := len(at.body)
		if at.kind == Tables && len(at.head) > 0 {
			length = len(at.head)
		}
		if spot.Kind != at.kind || spot.Length != length || spot.Long {
			p.t.Errorf("%s has kind %d and %d words, want %d and %d", k, spot.Kind, spot.Length, at.kind, length)
		}
		for i, terms := range m.All {
			if len(terms) > 1 || len(terms[0].Words) > 1 || m.Titles || m.Heads {
				continue
			}
			want := at.met(terms[0])
			if got := spot.Met[i]; got.Title != want.Title || got.Head != want.Head || got.Text != want.Text || got.First != want.First {
				p.t.Errorf("%s: %+v is met %+v, want %+v", k, terms[0], got, want)
			}
			if i+1 < len(m.All) && !terms[0].Prefix && len(m.All[i+1]) == 1 && len(m.All[i+1][0].Words) == 1 && !m.All[i+1][0].Prefix {
				if near := at.near(terms[0].Words[0], m.All[i+1][0].Words[0]); spot.Near[i] != near {
					p.t.Errorf("%s: %v near %v is %v", k, terms, m.All[i+1], spot.Near[i])
				}
			}
		}
	}
	return err
}

// met is how often a word is there, a longer one for three quarters.
func (p *plainPlace) met(t Term) (m Met) {
	of := func(part []string) float64 {
		n := float64(Term{Words: t.Words}.in(part))
		if t.Prefix {
			n += 0.75 * (float64(t.in(part)) - n)
		}
		return n
	}
	m.Title, m.Head, m.Text = of(p.title), of(p.head), of(p.body)+of(p.also)
	if p.kind == Tables {
		m.Head, m.Text = 0, m.Head+m.Text
	}
	if len(p.title) > 0 && p.title[0] == t.Words[0] {
		m.First = uint8(min(len(p.title), FirstOfMany))
	}
	return m
}

func (p *plainPlace) near(a, b string) bool {
	for _, part := range [][]string{p.title, p.head, p.body} {
		for i, w := range part {
			if w == a && slices.Contains(part[i+1:min(len(part), i+1+nearest)], b) {
				return true
			}
		}
	}
	return false
}
