package coda

import "codabridge/server/jsontext"

// What a decoded value takes beside its text, in bytes, seen from above.
const (
	looseValue = 100 // any value of a tree of maps and slices
	objectSize = 128 // an object within an item of a list
	typedValue = 32  // a value within one, mostly of a field with a type
)

// weigh counts what a JSON text is made of, without decoding it: the items of
// the lists right under its top, all objects, and all values.
func weigh(text []byte) (items, objects, values int64) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = jsontext.PastString(text, i)
		case '{', '[':
			values++
			if text[i] == '{' {
				objects++
			}
			if depth == 1 {
				items++
			}
			depth++
		case '}', ']':
			depth--
		case ',':
			values++
			if depth == 2 {
				items++
			}
		}
	}
	return items, objects, values
}

// sized is an answer whose parts have a known size; flat ones keep what is in
// them as text.
type sized interface {
	sizes() (item int64, flat bool)
}

// weight is what an answer takes when it is decoded into out, seen from above.
func weight(text []byte, out any) int64 {
	items, objects, values := weigh(text)
	w := int64(len(text))
	switch o := out.(type) {
	case sized:
		item, flat := o.sizes()
		w += items * item
		if !flat {
			w += objects*objectSize + values*typedValue
		}
	case *any, *map[string]any:
		w += values * looseValue
	default:
		w += objects * objectSize
	}
	return w
}
