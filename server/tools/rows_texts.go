package tools

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// When texts of a large answer are said once: from how many characters of rows
// on, how long one is at least, how often it comes at least, in cells, and how many
// bytes all of them save at least.
const (
	fromLarge  = 8000
	longText   = 16
	oftenText  = 5
	leastSaved = 500
)

// longTexts are texts that stand once in an answer: by the JSON of a cell what
// stands in the rows for it, and by that what is meant.
type longTexts struct {
	key  map[string]string
	said map[string]json.RawMessage
}

// longTexts finds the texts of remarks, notes, addresses and the like that come
// again and again. What a person reads a table by stays where it is: names of
// rows, people and related rows, choices, dates and numbers; of people and rows
// of one name, what tells them apart is said once.
func (r *rowTable) longTexts(dropped []bool) (t longTexts) {
	caret := func(row json.RawMessage) bool { return bytes.IndexByte(row, '^') >= 0 }
	if r.size < fromLarge || slices.ContainsFunc(r.Rows, caret) {
		return t // short, or a key would not be told from a text
	}
	times := map[string]*int{}
	var cells []string // in the order of the rows
	for i := range r.Rows {
		for at := 1; at < len(r.Columns); at++ {
			cell := r.cell(i, at)
			if dropped[at] || len(cell) < longText+2 || !mayBeSaidOnce(cell, &r.from[at-1]) {
				continue
			}
			n := times[string(cell)]
			if n == nil {
				n = new(int)
				cells, times[string(cell)] = append(cells, string(cell)), n
			}
			*n++
		}
	}
	t = longTexts{map[string]string{}, map[string]json.RawMessage{}}
	saved := 0
	for _, cell := range cells {
		key := keyOf(cell)
		if _, taken := t.said[key]; taken || *times[cell] < oftenText {
			continue
		}
		t.key[cell], t.said[key] = words.JSONText(key), json.RawMessage(cell)
		saved += (*times[cell]-1)*(len(cell)-len(key)-2) - 2*len(key)
	}
	if saved < leastSaved {
		return longTexts{}
	}
	return t
}

// mayBeSaidOnce tells by the column of a text whether a key may stand for it.
func mayBeSaidOnce(cell []byte, c *coda.Column) bool {
	switch c.Format.Type {
	case "select", "number", "currency", "percent", "slider", "scale", "date", "dateTime", "time", "duration":
		return false
	case "person", "lookup":
		return cell[0] == '"' && toldApart.Match(cell)
	}
	return cell[0] == '"' && !c.Display
}

// toldApart is a person or a related row with what tells it from another of its
// name.
var toldApart = regexp.MustCompile(`^"(.+) (<[^<>@\s]+@[^<>@\s]+>|\(i-[A-Za-z0-9_-]+\))"$`)

// keyLetters are those that are hardly taken for one another.
const keyLetters = "abcdefghijkmnpqrstuvwxyz23456789"

// keyOf is what stands for the JSON of a text: the same one in every answer. A name
// stays before it.
func keyOf(cell string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(cell))
	sum, key := h.Sum32(), "^"
	for range 3 {
		key += string(keyLetters[sum%32])
		sum /= 32
	}
	if m := toldApart.FindStringSubmatch(cell); m != nil && !strings.Contains(m[1], `\`) {
		return m[1] + " " + key
	}
	return key
}

// cell is what stands in a row for the JSON of a cell.
func (t longTexts) cell(cell []byte) []byte {
	if key, ok := t.key[string(cell)]; ok {
		return []byte(key)
	}
	return cell
}

// textsNote says what the keys are.
const textsNote = "^… in a row is the key of a text in texts."

var textKey = regexp.MustCompile(`^(.+ )?\^[a-z2-9]{3}$`)

// refuseKey refuses the key of a text where the text is wanted, in a value or in
// any that it holds.
func refuseKey(v any) error {
	switch x := v.(type) {
	case string:
		if textKey.MatchString(x) {
			return words.Say("%s is the key of a text in an answer of coda_list_rows. Give the text itself, which stands there in texts.", words.Quote(words.Clip(x, 80)))
		}
	case []any:
		for _, e := range x {
			if err := refuseKey(e); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, e := range x {
			if err := refuseKey(e); err != nil {
				return err
			}
		}
	}
	return nil
}
