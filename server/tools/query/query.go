package query

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// How large a question may be.
const (
	maxGroupBy    = 2
	maxAggregates = 12
	maxSorts      = 6
	maxGroups     = 50000
	maxKept       = 5000 // rows of a sorted answer
)

// Spec is a question as it was asked: decoded JSON, with json.Number for
// numbers. Absent parts are nil.
type Spec struct {
	Where     any
	Select    []string
	Distinct  bool
	Sort      []any
	GroupBy   []any
	Aggregate []any
	Having    any
}

// Query is a question that rows are given to.
type Query struct {
	all    columns
	env    Env
	where  *node
	sorts  []order
	shown  []int // columns of the answer, of rows
	groups []groupKey
	sums   []aggregate
	having *node
	made   columns // of a grouped answer

	used  []int           // the columns that it looks at
	uses  map[string]bool // the same by id
	cells [][]value       // of the row at hand, by the column's place

	memory   memory
	distinct map[string]bool
	rows     []row
	found    map[string]*group
	sequence []*group
	count    int // rows that fulfil where
	read     int
	unfit    map[int]int // cells that do not fit their column
	money    []currency  // of the columns of amounts that are compared
	several  bool        // a row counted in more than one group
	cut      bool        // a sorted answer has more rows than are kept
	held     int         // bytes kept, seen from above
	long     int         // cells with more entries than count

	// What an answer is taken from, as long as no row comes after it.
	arranged bool
	totals   []*big.Rat  // of each aggregate, over all groups
	order    []*group    // those of the answer, in its order
	names    []namesakes // of the columns of rows that are shown, or of the keys of groups
}

// Compile checks a question against the columns of its table. An error is a
// sentence without its full stop.
func Compile(spec Spec, all []Column, env Env) (*Query, error) {
	q := &Query{all: all, env: env, unfit: map[int]int{}, found: map[string]*group{}, memory: newMemory(len(all))}
	var err error
	reader := &conditions{all: q.all, env: env}
	q.where, err = reader.read(spec.Where, 0)
	if err != nil {
		return nil, fmt.Errorf("where: %w", err)
	}
	err = q.readKeys(spec.GroupBy)
	if err == nil {
		err = q.readAggregates(spec.Aggregate)
	}
	if err == nil && q.grouped() {
		err = q.finishGroups(spec)
	} else if err == nil {
		err = q.finishRows(spec)
	}
	if err != nil {
		return nil, err
	}
	q.noteUsed()
	return q, nil
}

// finishRows reads what a question about rows says beside its conditions.
func (q *Query) finishRows(spec Spec) (err error) {
	if spec.Having != nil {
		return fmt.Errorf("having chooses among groups: give group_by or aggregate too, or put the condition into where")
	}
	if spec.Distinct {
		q.distinct = map[string]bool{}
	}
	q.shown, err = q.choose(spec.Select)
	if err != nil {
		return err
	}
	q.sorts, err = readSorts(spec.Sort, q.all, "sort")
	return err
}

// noteUsed finds the columns whose cells count.
func (q *Query) noteUsed() {
	used := slices.Concat(q.where.columns(), q.shown)
	for _, key := range q.groups {
		used = append(used, key.column)
	}
	for _, s := range q.sums {
		if s.column >= 0 {
			used = append(used, s.column)
		}
	}
	if !q.grouped() {
		for _, o := range q.sorts {
			used = append(used, o.column)
		}
	}
	slices.Sort(used)
	q.money = q.currencies()
	q.used, q.uses, q.cells = slices.Compact(used), map[string]bool{}, make([][]value, len(q.all))
	for _, at := range q.used {
		q.uses[q.all[at].ID] = true
	}
}

// Uses tells whether the cells of a column, named by its id, count. Others need
// not be given.
func (q *Query) Uses(column string) bool { return q.uses[column] }

// grouped tells whether the answer is about groups, not rows.
func (q *Query) grouped() bool { return len(q.groups) > 0 || len(q.sums) > 0 }

func (q *Query) choose(names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		at, err := q.all.find(name, "select")
		if err != nil && slices.Contains([]string{"row", "id", "row id", "row_id"}, strings.ToLower(name)) {
			continue // the answer has it anyway
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	for at := range q.all {
		if len(names) == 0 && !q.all[at].button() {
			out = append(out, at)
		}
	}
	return out, nil
}

// Add gives the question one row: its id and its cells by column id.
func (q *Query) Add(id string, values map[string]any) error {
	q.read++
	cells := q.cells
	for _, i := range q.used {
		cell := values[q.all[i].ID]
		if list, ok := cell.([]any); ok && len(list) > maxEntries {
			q.long++
		}
		cells[i] = q.entriesOf(i, cell)
	}
	for i := range q.money {
		q.money[i].note(cells)
	}
	ok := q.where.holds(q.all, cells)
	q.where.notice(q.all, cells)
	if !ok {
		return nil
	}
	q.count++
	q.arranged = false
	if q.grouped() {
		return q.gather(cells)
	}
	text := q.textOf(cells)
	if q.distinct != nil {
		key := q.keyOfRow(cells)
		if q.distinct[key] {
			return nil
		}
		if len(q.distinct) >= maxGroups {
			return fmt.Errorf("there are more than %d different rows; add conditions or choose fewer columns", maxGroups)
		}
		q.distinct[key] = true
		q.held += len(key) + entrySize
	}
	kept := row{id: id, at: q.read, shown: text}
	for _, o := range q.sorts {
		kept.cells = append(kept.cells, cells[o.column][0])
	}
	q.keep(kept)
	return nil
}

// Settled tells that rows of the answer stay as they are when more are read:
// it is neither sorted nor grouped.
func (q *Query) Settled() bool { return !q.grouped() && len(q.sorts) == 0 }

// Enough tells that further rows cannot change the first n rows of the answer.
func (q *Query) Enough(n int) bool {
	return q.Settled() && len(q.rows) > n
}

// Read is how many rows were given so far, and how many fulfil the conditions.
func (q *Query) Read() (rows, matching int) { return q.read, q.count }
