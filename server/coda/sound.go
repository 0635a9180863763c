package coda

// mostNested is how deep a JSON text may go, as encoding/json has it.
const mostNested = 10000

// sound tells what json.Valid does, several times as fast: pages of rows are
// megabytes, and are walked by place once it is known that they are whole.
func sound(text []byte) bool {
	end := soundValue(text, blank(text, 0), 0)
	return end > 0 && blank(text, end) == len(text)
}

// soundValue finds the end of the value that begins at a place; negative where
// there is none.
func soundValue(text []byte, at, depth int) int {
	if at >= len(text) {
		return -1
	}
	switch c := text[at]; {
	case c == '"':
		return soundString(text, at)
	case c == '{':
		return soundList(text, at, depth+1, '}')
	case c == '[':
		return soundList(text, at, depth+1, ']')
	case c == '-' || c >= '0' && c <= '9':
		return soundNumber(text, at)
	case c == 't':
		return soundWord(text, at, "true")
	case c == 'f':
		return soundWord(text, at, "false")
	case c == 'n':
		return soundWord(text, at, "null")
	}
	return -1
}

// soundList finds the end of an object or a list.
func soundList(text []byte, at, depth int, end byte) int {
	if depth > mostNested {
		return -1
	}
	at = blank(text, at+1)
	if at < len(text) && text[at] == end {
		return at + 1
	}
	for {
		if end == '}' {
			if at >= len(text) || text[at] != '"' {
				return -1
			}
			at = soundString(text, at)
			if at < 0 {
				return -1
			}
			at = blank(text, at)
			if at >= len(text) || text[at] != ':' {
				return -1
			}
			at = blank(text, at+1)
		}
		at = soundValue(text, at, depth)
		if at < 0 {
			return -1
		}
		at = blank(text, at)
		switch {
		case at >= len(text):
			return -1
		case text[at] == end:
			return at + 1
		case text[at] != ',':
			return -1
		}
		at = blank(text, at+1)
	}
}

func soundString(text []byte, at int) int {
	for at++; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			return at + 1
		case c < ' ':
			return -1
		case c == '\\':
			at++
			if at >= len(text) {
				return -1
			}
			switch text[at] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for range 4 {
					at++
					if at >= len(text) || !isHex(text[at]) {
						return -1
					}
				}
			default:
				return -1
			}
		}
	}
	return -1
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func soundNumber(text []byte, at int) int {
	if text[at] == '-' {
		at++
	}
	whole := digits(text, at)
	if whole == at || whole > at+1 && text[at] == '0' {
		return -1
	}
	at = whole
	if at < len(text) && text[at] == '.' {
		end := digits(text, at+1)
		if end == at+1 {
			return -1
		}
		at = end
	}
	if at < len(text) && (text[at] == 'e' || text[at] == 'E') {
		at++
		if at < len(text) && (text[at] == '+' || text[at] == '-') {
			at++
		}
		end := digits(text, at)
		if end == at {
			return -1
		}
		at = end
	}
	return at
}

// digits finds where digits end.
func digits(text []byte, at int) int {
	for at < len(text) && text[at] >= '0' && text[at] <= '9' {
		at++
	}
	return at
}

func soundWord(text []byte, at int, word string) int {
	if len(text)-at < len(word) || string(text[at:at+len(word)]) != word {
		return -1
	}
	return at + len(word)
}
