package query

import (
	"encoding/json"
	"strings"
)

// memory keeps what cells were read as. A table of many rows has few dates and
// few different amounts, and to read one takes longer than all else that is done
// with it.
type memory struct {
	cells  map[cellText][]value
	groups map[[maxGroupBy]*value][]*group // by the cells that they are keyed by
	known  []bool                          // which cells of the row at hand are kept, by the column's place
}

// cellText is a cell of a column, as Coda has it.
type cellText struct {
	column int
	text   string
	number bool // not a text
}

// What is kept at most: cells, and of each so many bytes.
const (
	mostRemembered    = 2000
	longestRemembered = 40
)

func newMemory(columns int) memory {
	return memory{map[cellText][]value{}, map[[maxGroupBy]*value][]*group{}, make([]bool, columns)}
}

// entriesOf makes the entries of a cell, which nobody may change: other rows have
// the same.
func (q *Query) entriesOf(column int, cell any) []value {
	m, c, zone := &q.memory, &q.all[column], q.env.Now.Location()
	key := cellText{column: column}
	m.known[column] = false
	switch x := cell.(type) {
	case string:
		key.text = x
	case json.Number:
		key.text, key.number = string(x), true
	default:
		return read(c, cell, zone)
	}
	if !c.kind().ordered() || len(key.text) > longestRemembered {
		return read(c, cell, zone)
	}
	entries, ok := m.cells[key]
	if !ok && len(m.cells) < mostRemembered {
		key.text = strings.Clone(key.text) // it may be part of a whole row
		cell = key.text
		if key.number {
			cell = json.Number(key.text)
		}
		entries, ok = read(c, cell, zone), true
		m.cells[key] = entries
		q.held += 2*len(key.text) + 2*entrySize
	}
	if !ok {
		return read(c, cell, zone)
	}
	m.known[column] = true
	return entries
}

// groupsOf are the groups of a row: one of each pair of entries.
func (q *Query) groupsOf(cells [][]value) ([]*group, error) {
	var id [maxGroupBy]*value
	known := len(q.memory.groups) < mostRemembered
	for i, key := range q.groups {
		id[i] = &cells[key.column][0]
		known = known && q.memory.known[key.column]
	}
	if groups, ok := q.memory.groups[id]; ok {
		return groups, nil
	}
	groups, err := q.findGroups(cells)
	if known && err == nil {
		q.memory.groups[id] = groups
		q.held += entrySize
	}
	return groups, err
}
