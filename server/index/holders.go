package index

import store "codabridge/server/store/index"

// mostHolders is how many names that hold a word are looked at; a word in more
// of them is taken to be in all.
const mostHolders = 4000

// holders are the names around places that hold a clause.
type holders struct {
	things, docs map[int64]bool
	labelled     map[int64]bool // tables with a column of that name
	everywhere   bool
	last         spot // that was asked for, and what was said
	lastHeld     bool
}

// holding looks for the names that hold clause i, once.
func (s *search) holding(i int) (holders, error) {
	if h, ok := s.held[i]; ok {
		return h, nil
	}
	c := s.q.clauses[i]
	names := store.Match{Titles: true, All: [][]store.Term{c.strict()}}
	ids, more, err := s.v.Matching(names, store.Scope{}, false, mostHolders)
	if err != nil {
		return holders{}, err
	}
	columns := store.Match{Heads: true, All: names.All}
	tables, many, err := s.v.Matching(columns, store.Scope{Kinds: []int{store.Tables}}, false, mostHolders)
	h := holders{things: make(map[int64]bool, len(ids)), docs: map[int64]bool{},
		labelled: make(map[int64]bool, len(tables)), everywhere: more || many}
	for _, id := range tables {
		h.labelled[id] = true
	}
	for _, id := range ids {
		h.things[id] = true
		h.docs[id>>32] = true
	}
	if err == nil {
		s.held[i] = h
	}
	return h, err
}

// around tells whether a name around a place may hold the clause. Places of one
// table come one after the other.
func (h *holders) around(at spot) bool {
	at.id, at.length = at.id>>32<<32, 1
	if h.last != at {
		h.last, h.lastHeld = at, h.holds(at)
	}
	return h.lastHeld
}

func (h *holders) holds(at spot) bool {
	switch {
	case h.everywhere:
		return true
	case at.kind == store.Docs:
		return false
	case at.kind == store.Rows:
		return h.things[at.table] || h.things[at.id] || h.labelled[at.table]
	}
	return h.docs[at.id>>32] // the page that it stands on may be any
}
