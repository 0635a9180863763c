package index

import (
	"slices"
	"strings"

	"codabridge/server/alike"
	store "codabridge/server/store/index"
)

// narrow applies doc:name, of which any may fit, and -doc:name; none is true when no
// doc is left.
func (s *search) narrow() (none bool, err error) {
	var named []string
	for _, name := range s.q.docs {
		ids, err := s.called(name)
		if err != nil {
			return false, err
		}
		named = append(named, ids...)
	}
	switch {
	case len(s.q.docs) == 0:
	case len(named) == 0:
		return true, nil
	default:
		slices.Sort(named)
		s.scope.Docs = slices.Compact(named)
	}
	for _, name := range s.q.notDocs {
		ids, err := s.called(name)
		if err != nil {
			return false, err
		}
		s.scope.NotDocs = append(s.scope.NotDocs, ids...)
	}
	return false, nil
}

// called gives the docs of the scope with such a name, or with that id.
func (s *search) called(name string) ([]string, error) {
	ids, err := s.v.DocsCalled(cut(name), name, s.scope)
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	near, err := s.docsNear(name)
	s.say("No doc is called “" + clipText(name, 80) + "”." + near)
	return nil, err
}

const (
	// mostMistyped is how many docs a query may name for near names to be looked
	// for, which compares every doc's name with each.
	mostMistyped = 3
	// mostMeant is how many near names are said.
	mostMeant = 3
)

// docsNear names the docs of the scope that may have been meant by a name.
func (s *search) docsNear(name string) (said string, err error) {
	if len(s.q.docs)+len(s.q.notDocs) > mostMistyped {
		return "", nil
	}
	names, err := s.v.DocNames(s.scope)
	if err != nil {
		return "", err
	}
	near, _ := alike.Near(name, names, func(n string) string { return n })
	if len(near) == 0 {
		return "", nil
	}
	near = near[:min(len(near), mostMeant)]
	for i, n := range near {
		near[i] = "“" + clipText(n, 80) + "”"
	}
	return " Near it: " + strings.Join(near, ", ") + ".", nil
}

// list takes up what docs hold, for a query that names docs and no words.
func (s *search) list() error {
	if s.wants(store.Docs, store.Pages, store.Tables) {
		scope := s.scope
		if len(s.q.kinds) > 0 {
			scope.Kinds = s.q.kinds
		}
		ids, err := s.v.List(s.q.none, scope, mostThings+1)
		if err != nil {
			return err
		}
		if err := s.show(ids, mostThings, false); err != nil {
			return err
		}
	}
	if !slices.Contains(s.q.kinds, store.Rows) {
		return nil
	}
	ids, err := s.v.ListRows(s.q.none, s.scope, mostThings+1)
	if err != nil {
		return err
	}
	return s.show(ids, mostThings, true)
}

// show takes up to most things as they are.
func (s *search) show(ids []int64, most int, rows bool) error {
	if len(ids) > most {
		s.many, ids = true, ids[:most]
	}
	return s.v.Load(ids, rows, func(h store.Hit) {
		c := candidate{Hit: h, score: 1, met: 1, shown: true}
		if rows {
			c.text = s.q.snippet(h)
		}
		c.Body = ""
		s.found = append(s.found, c)
	})
}
