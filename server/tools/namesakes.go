package tools

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// namesakes knows which names in the cells of an answer stand for several
// people or rows, so that these are told apart by their e-mail or id.
type namesakes struct {
	first  map[string]string // who or what a name stood for first, by column and name
	shared map[string]bool   // the names that stand for several
	met    map[string]bool   // cells looked at, by column and text; most come again and again
}

func newNamesakes() namesakes {
	return namesakes{first: map[string]string{}, shared: map[string]bool{}, met: map[string]bool{}}
}

// mostCarried is how many names are carried on to the next part of a list.
const mostCarried = 5000

// carried are the names as the next part of a list begins with them; none where
// they are too many.
func (n namesakes) carried() namesakes {
	out := newNamesakes()
	if len(n.first) <= mostCarried {
		maps.Copy(out.first, n.first)
		maps.Copy(out.shared, n.shared)
	}
	return out
}

// mostFound is how many names are told of that turned out to be several's.
const mostFound = 10

// found says who was meant in the parts before by a name that is several's only now.
func (n namesakes) found(before namesakes) string {
	var said []string
	for key, first := range before.first {
		if n.shared[key] && !before.shared[key] {
			_, name, _ := strings.Cut(key, "\x00")
			said = append(said, words.Quote(words.Clip(name, 60))+" is "+first)
		}
	}
	if said == nil {
		return ""
	}
	slices.Sort(said)
	return "In the parts before, " + words.List(said[:min(len(said), mostFound)], len(said)) + "."
}

// mostMet and longestMet bound the cells that are remembered: how many, and each
// in bytes.
const mostMet, longestMet = 1000, 2000

// learn looks for them in more rows, and says whether there are new ones.
func (n namesakes) learn(rows []coda.Row) bool {
	before := len(n.shared)
	var key []byte
	for _, row := range rows {
		for name, text := range row.Values.Fields() {
			if text[0] != '{' && text[0] != '[' || !words.HasIdentity(text) {
				continue
			}
			key = append(append(key[:0], name...), text...)
			if n.met[string(key)] {
				continue
			}
			if len(n.met) < mostMet && len(key) <= longestMet {
				n.met[string(key)] = true
			}
			n.learnValue(nameOf(name), coda.DecodeCell(text))
		}
	}
	return len(n.shared) > before
}

func (n namesakes) learnValue(column string, v any) {
	if list, ok := v.([]any); ok {
		for _, e := range list {
			n.learnValue(column, e)
		}
		return
	}
	name, identity := words.Identity(v)
	if identity == "" {
		return
	}
	key := column + "\x00" + words.Looks(name)
	if first, ok := n.first[key]; !ok {
		n.first[key] = identity
	} else if first != identity {
		n.shared[key] = true
	}
}

// sharedName says whether several in a column have a name.
func (n namesakes) sharedName(column, name string) bool {
	return n.shared[column+"\x00"+words.Looks(name)]
}

// appendCell writes a cell as it is shown.
func (n namesakes) appendCell(to []byte, text json.RawMessage, c *coda.Column) []byte {
	if len(n.shared) == 0 || !words.HasIdentity(text) {
		return words.AppendCell(to, text, c, false)
	}
	return words.AppendJSON(to, n.told(coda.DecodeCell(text), *c))
}

// told is a value with what tells it apart, where that is needed.
func (n namesakes) told(v any, c coda.Column) any {
	if list, ok := v.([]any); ok {
		out := make([]any, len(list))
		for i, e := range list {
			out[i] = n.told(e, c)
		}
		return out
	}
	name, _ := words.Identity(v)
	return words.PlainValue(v, c, n.shared[c.ID+"\x00"+words.Looks(name)])
}
