package words

import (
	"hash/fnv"
	"strings"
)

// ToldApart is a person or a related row with what tells it from another of its
// name.
var ToldApart = Pattern(`^"(.+) (<[^<>@\s]+@[^<>@\s]+>|\(i-[A-Za-z0-9_-]+\))"$`)

// Letters and digits of a key, those that are hardly taken for one another.
const keyLetters, keyDigits = "abcdefghijkmnpqrstuvwxyz", "23456789"

// KeyOf is what stands for the JSON of a text, such as ^f4n: the same one in every
// answer, and nothing that a person writes. A name stays before it.
func KeyOf(cell string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(cell))
	sum, key := h.Sum32(), "^"
	for _, of := range []string{keyLetters, keyDigits, keyLetters} {
		n := uint32(len(of))
		key += of[sum%n : sum%n+1]
		sum /= n
	}
	if m := ToldApart().FindStringSubmatch(cell); m != nil && !strings.Contains(m[1], `\`) {
		return m[1] + " " + key
	}
	return key
}

var textKey = Pattern(`^(.+ )?\^[a-z][2-9][a-z]$`)

// RefuseKey refuses the key of a text where the text is wanted, in a value or in
// any that it holds.
func RefuseKey(v any) error {
	switch x := v.(type) {
	case string:
		if textKey().MatchString(strings.TrimSpace(x)) {
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
