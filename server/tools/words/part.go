package words

import "unicode/utf8"

// Part cuts a piece of at most size characters out of text, from the given
// character on and at the end of a line where one is near. next is where the
// rest begins, or 0 at the end.
func Part(text string, from, size int) (piece string, next int) {
	from = max(from, 0)
	begin, rest := 0, from
	for i := range text {
		if rest <= 0 {
			break
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		rest--
		begin = i + n
	}
	next = from - max(rest, 0)
	used, lineEnd, lineNext := 0, 0, 0
	for i, r := range text[begin:] {
		used += JSONSize(string(r))
		if used > size {
			if lineEnd > 0 {
				return text[begin : begin+lineEnd], lineNext
			}
			return text[begin : begin+i], next
		}
		next++
		if r == '\n' && used > size*3/4 {
			lineEnd, lineNext = i+1, next
		}
	}
	return text[begin:], 0
}
