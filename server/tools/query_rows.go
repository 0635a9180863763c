package tools

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/find"
	"codabridge/server/tools/query"
	"codabridge/server/tools/words"
)

type queryRowsArgs struct {
	Document  string `json:"document"`
	Table     string `json:"table"`
	Where     any    `json:"where"`
	Select    []any  `json:"select"`
	Distinct  bool   `json:"distinct"`
	Sort      []any  `json:"sort"`
	GroupBy   []any  `json:"group_by"`
	Aggregate []any  `json:"aggregate"`
	Having    any    `json:"having"`
	Limit     int    `json:"limit"`
	Cursor    string `json:"cursor"`
}

type queryRowsResult struct {
	Columns []string          `json:"columns"`
	Rows    []json.RawMessage `json:"rows"`
	// RowsRead is how many rows of the table the answer rests on.
	RowsRead int `json:"rows_read"`
	// RowsMatching is how many of them fulfil where.
	RowsMatching int    `json:"rows_matching"`
	AsOf         string `json:"as_of"`  // RFC 3339, when reading began
	Source       string `json:"source"` // where the rows come from: Coda or index
	NextCursor   string `json:"next_cursor,omitempty"`
	Note         string `json:"note,omitempty"`
}

// question is one that is being read for, or has more rows to show.
type question struct {
	reading sync.Mutex // held by the call that reads on

	table string // doc/table id
	asked string // digest of what was asked
	limit int    // rows of a part
	query *query.Query
	chain coda.Chain
	token string // Coda's page token of the rows that come next
	done  bool   // all rows were read
	asOf  time.Time
	from  string // fromCoda or fromIndex
}

// Where rows come from.
const (
	fromCoda  = "Coda"
	fromIndex = "index"
)

// mostOffset is beyond the last row that any answer has.
const mostOffset = 1 << 30

// questionLife is how long a cursor is good for after its last use.
const questionLife = 10 * time.Minute

func (t *Tools) queryRows(ctx context.Context, a queryRowsArgs) (queryRowsResult, error) {
	a = a.tidied()
	p, err := t.find.Table(ctx, a.Document, a.Table)
	if err != nil {
		return queryRowsResult{}, err
	}
	key, offset, q, err := t.questionOf(ctx, a, p)
	if err != nil {
		return queryRowsResult{}, err
	}
	if !q.reading.TryLock() {
		return queryRowsResult{}, words.Say("This question is being read on by another call. Wait for its answer.")
	}
	defer q.reading.Unlock()
	q.limit = cmp.Or(a.Limit, q.limit, 100)
	stopped, err := t.readOn(ctx, p, q, offset+q.limit)
	if err != nil {
		return queryRowsResult{}, err
	}
	return t.tell(key, offset, q, stopped), nil
}

// mostQuestion is how much of rows a question may hold that is kept beside
// others for its next part, in bytes.
const mostQuestion = 4 << 20

// keepQuestion keeps a question for its next part. A large one drops the others.
func (t *Tools) keepQuestion(key string, q *question) {
	if _, _, kept := t.questions.Peek(key); !kept && q.query.Held() > mostQuestion {
		t.questions.Clear()
	}
	t.questions.Put(key, q)
}

// questionOf is the question that the cursor goes on with, or a new one.
func (t *Tools) questionOf(ctx context.Context, a queryRowsArgs, p find.Place) (key string, offset int, q *question, err error) {
	place, asked := p.Doc.ID+"/"+p.Table, digest(a)
	if a.Cursor == "" {
		q, err = t.newQuestion(ctx, a, p)
		if err == nil {
			q.table, q.asked = place, asked
		}
		return rand.Text()[:16], 0, q, err
	}
	key, at, _ := strings.Cut(strings.TrimSpace(a.Cursor), ".")
	offset, notANumber := strconv.Atoi(at)
	q, used, known := t.questions.Peek(key)
	if notANumber != nil || !known || t.o.Now().Sub(used) > questionLife || offset < 0 || offset > mostOffset || q.table != place {
		return "", 0, nil, words.Say("The cursor is not known any more, or belongs to another table. Ask again without cursor.")
	}
	if asked != digest(queryRowsArgs{}) && asked != q.asked {
		return "", 0, nil, words.Say("The cursor belongs to another question. Give it with the same arguments as before, or ask the new question without cursor.")
	}
	return key, offset, q, nil
}

// digest tells questions apart.
func digest(a queryRowsArgs) string {
	a.Document, a.Table, a.Cursor, a.Limit = "", "", "", 0
	b, err := json.Marshal(a)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func (t *Tools) newQuestion(ctx context.Context, a queryRowsArgs, p find.Place) (*question, error) {
	env, err := t.queryEnv(ctx, a)
	if err != nil {
		return nil, err
	}
	spec := query.Spec{Where: a.Where, Select: columnNames(a.Select), Distinct: a.Distinct, Sort: a.Sort,
		GroupBy: a.GroupBy, Aggregate: a.Aggregate, Having: a.Having}
	q, err := t.compile(ctx, p, spec, env, find.NameAge)
	if fault.Is(err, words.CodeRefused) {
		q, err = t.compile(ctx, p, spec, env, 0) // a column made a moment ago is in no cache yet
	}
	return q, err
}

// compile holds a question against the columns of its table, which are of some
// age at most, and reads for it from the index where that is as good as Coda.
func (t *Tools) compile(ctx context.Context, p find.Place, spec query.Spec, env query.Env, age time.Duration) (*question, error) {
	columns, err := t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, age)
	if err != nil {
		return nil, err
	}
	compile := func() (*query.Query, error) {
		q, err := query.Compile(spec, queryColumns(columns), env)
		if err != nil {
			return nil, words.Say("%s.", strings.TrimSuffix(err.Error(), "."))
		}
		return q, nil
	}
	compiled, err := compile()
	if err != nil {
		return nil, err
	}
	q := &question{query: compiled, asOf: t.o.Now(), from: fromCoda}
	whole, err := t.readIndex(ctx, p, columns, compiled)
	switch {
	case err != nil:
		return nil, err
	case whole == indexed:
		q.done, q.from = true, fromIndex
	case whole == indexedInPart:
		q.query, err = compile()
	}
	return q, err
}

// queryEnv says what today is, and who is meant by "me" where that is asked.
func (t *Tools) queryEnv(ctx context.Context, a queryRowsArgs) (query.Env, error) {
	env := query.Env{Now: t.o.Now()}
	conditions := []any{a.Where, a.Having}
	if err := words.RefuseKey(conditions); err != nil {
		return env, err
	}
	if !query.NamesMe(conditions) {
		return env, nil
	}
	me, err := t.me(ctx)
	env.MyName, env.MyEmail = me.Name, me.LoginID
	return env, err
}

// queryColumns are the columns as a question knows them, buttons last: they take
// no other's name, and are there to be refused.
func queryColumns(columns []coda.Column) []query.Column {
	held := withoutButtons(columns)
	names := words.ColumnNames(held)
	for _, c := range columns {
		if isButton(c) {
			held, names = append(held, c), append(names, c.Name)
		}
	}
	columns = held
	out := make([]query.Column, len(columns))
	for i, c := range columns {
		out[i] = query.Column{ID: c.ID, Name: names[i], Type: c.Format.Type, List: c.Format.IsArray}
		if code := c.Format.CurrencyCode; c.Format.Type == "currency" && code != "" {
			out[i].Currency, out[i].Takes = code, func(unit string) bool { return isCurrency(unit, code) }
		}
		for _, o := range c.Format.Options {
			out[i].Options = append(out[i].Options, o.Name)
		}
	}
	return out
}

// tell makes the answer, and keeps the question where it goes on.
func (t *Tools) tell(key string, offset int, q *question, stopped string) queryRowsResult {
	answer := q.query.Answer(offset, q.limit)
	out := queryRowsResult{Columns: answer.Columns, Rows: []json.RawMessage{},
		AsOf: q.asOf.Format(time.RFC3339), Source: q.from}
	out.RowsRead, out.RowsMatching = q.query.Read()
	size, notes := 0, answer.Notes
	for _, row := range answer.Rows {
		if len(out.Rows) == 0 && len(words.Fit(row, rowsBudget)) > 0 {
			notes = append(notes, "A value too long for one answer is clipped; coda_get_row with row and column reads it whole, in parts.")
		}
		text, err := words.Encode(row)
		if err != nil {
			continue // cannot happen with decoded JSON
		}
		size += utf8.RuneCountInString(text) + 1
		if size > rowsBudget && len(out.Rows) > 0 {
			answer.More = true
			break
		}
		out.Rows = append(out.Rows, json.RawMessage(text))
	}
	switch {
	case stopped != "":
		if q.query.Settled() {
			offset += len(out.Rows)
		}
		out.NextCursor = fmt.Sprintf("%s.%d", key, offset)
		notes = append([]string{fmt.Sprintf("NOT ALL ROWS: %s, so this rests on the first %s of the table only. Call again with next_cursor to read on; the answer is right when no such note comes.",
			stopped, words.Count(out.RowsRead, "row"))}, notes...)
	case answer.More || !q.done:
		out.NextCursor = fmt.Sprintf("%s.%d", key, offset+len(out.Rows))
	}
	if !q.done && stopped == "" {
		notes = append(notes, "Reading ended when enough rows were found, so rows_matching counts only those so far.")
	}
	if out.NextCursor != "" {
		t.keepQuestion(key, q)
	}
	out.Note = strings.Join(notes, " ")
	return out
}

var queryRowsTool = declare(tool{
	name:        "coda_query_rows",
	title:       "Question over rows",
	description: "Answers over ALL rows of a table, with exact numbers: count, add up, find the latest, overdue, largest. is: = != contains starts in > >= < <= between empty \"not empty\"; value: text, for in and between \"a, b\". Dates: 2026-11-18, 2026-Q3, today, last 30 days; people: name, e-mail, me. by: day week month quarter year; op: count distinct sum average min max median share.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string"},
		"where":{"type":"array","items":` + conditionSchema("any", conditionSchema("all", conditionSchema()), "all", conditionSchema()) + `},
		"select":{"type":"array","items":{"type":"string"}},
		"distinct":{"type":"boolean"},
		"sort":{"type":"array","items":{"type":"object","properties":{"column":{"type":"string"},"descending":{"type":"boolean"}},"additionalProperties":false}},
		"group_by":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"object","properties":{"column":{"type":"string"},"by":{"type":"string"}},"required":["column","by"],"additionalProperties":false}]}},
		"aggregate":{"type":"array","items":{"type":"object","properties":{"op":{"type":"string"},"column":{"type":"string"}},"additionalProperties":false}},
		"having":{"type":"array","items":` + conditionSchema() + `},
		"limit":{"type":"integer"},
		"cursor":{"type":"string"}},
		"required":["table"],"additionalProperties":false}`,
	takes: `{"properties":{"limit":{"minimum":1,"maximum":500},"where":{"items":{"type":["string","object","array"],"properties":null,"additionalProperties":null}},"having":{"items":{"type":["string","object","array"],"properties":null,"additionalProperties":null}},
		"select":{"items":{"type":["string","object"]}},
		"sort":{"items":{"type":["string","object"],"properties":null,"additionalProperties":null}},"group_by":{"items":{"type":["string","object"],"anyOf":null}},
		"aggregate":{"items":{"type":["string","object"],"properties":null,"additionalProperties":null}}}}`,
	output: `{"type":"object","properties":{
		"columns":{"type":"array","items":{"type":"string"}},
		"rows":{"type":"array","items":{"type":"array","items":{}}},
		"rows_read":{"type":"integer"},"rows_matching":{"type":"integer"},"as_of":{"type":"string"},"source":{"type":"string"},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["columns","rows","rows_read","rows_matching","as_of","source"],"additionalProperties":false}`,
}, (*Tools).queryRows)
