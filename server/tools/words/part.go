package words

// Part cuts a piece of at most size characters out of text, from the given
// character on and at the end of a line where one is near. next is where the
// rest begins, or 0 at the end.
func Part(text string, from, size int) (piece string, next int) {
	runes := []rune(text)
	from = min(max(from, 0), len(runes))
	end, used, lineEnd := from, 0, 0
	for end < len(runes) {
		if used += JSONSize(string(runes[end])); used > size {
			break
		}
		if end++; runes[end-1] == '\n' && used > size*3/4 {
			lineEnd = end
		}
	}
	if end == len(runes) {
		return string(runes[from:]), 0
	}
	if lineEnd > 0 {
		end = lineEnd
	}
	return string(runes[from:end]), end
}
