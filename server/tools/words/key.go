package words

import (
	"hash/fnv"
	"strings"
)

// ToldApart is a person or a related row with what tells it from another of its
// name.
var ToldApart = pattern(`^"(.+) (<[^<>@\s]+@[^<>@\s]+>|\(i-[A-Za-z0-9_-]+\))"$`)

// keyLetters are those that are hardly taken for one another.
const keyLetters = "abcdefghijkmnpqrstuvwxyz23456789"

// KeyOf is what stands for the JSON of a text: the same one in every answer. A name
// stays before it.
func KeyOf(cell string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(cell))
	sum, key := h.Sum32(), "^"
	for range 3 {
		key += string(keyLetters[sum%32])
		sum /= 32
	}
	if m := ToldApart().FindStringSubmatch(cell); m != nil && !strings.Contains(m[1], `\`) {
		return m[1] + " " + key
	}
	return key
}

var textKey = pattern(`^(.+ )?\^[a-z2-9]{3}$`)

// RefuseKey refuses the key of a text where the text is wanted, in a value or in
// any that it holds.
func RefuseKey(v any) error {
	switch x := v.(type) {
	case string:
		if textKey().MatchString(x) {
			return Say("%s is the key of a text in an answer of coda_list_rows. Give the text itself, which stands there in texts.", Quote(Clip(x, 80)))
		}
	case []any:
		for _, e := range x {
			if err := RefuseKey(e); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, e := range x {
			if err := RefuseKey(e); err != nil {
				return err
			}
		}
	}
	return nil
}
