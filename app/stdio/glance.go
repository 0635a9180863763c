package stdio

import "bytes"

// glance finds id and method of a message in one walk that decodes nothing, where
// the keys at its top are written plainly and stand once each. False says that it
// must be read by the rules; what is no JSON may pass for a message here.
func glance(text []byte) (m message, ok bool) {
	text = bytes.TrimSpace(text)
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return m, false
	}
	var method []byte
	for at := 1; at < len(text)-1; {
		key, value, next, ok := field(text[:len(text)-1], at)
		if !ok {
			return m, false
		}
		var once *[]byte
		switch string(key) {
		case "id":
			once = (*[]byte)(&m.ID)
		case "method":
			once = &method
		case "jsonrpc", "params", "result", "error":
		default:
			return m, false
		}
		if once != nil {
			if *once != nil {
				return m, false
			}
			*once = value
		}
		at = next
	}
	if method != nil {
		if len(method) < 2 || method[0] != '"' || bytes.IndexByte(method, '\\') >= 0 {
			return m, false
		}
		m.Method = string(method[1 : len(method)-1])
	}
	return m, true
}

// field gives the key and the value of an object's next field, and where the one
// behind it begins.
func field(text []byte, at int) (key, value []byte, next int, ok bool) {
	at = pastSpace(text, at)
	end := pastString(text, at)
	if end < 0 {
		return nil, nil, 0, false
	}
	key, at = text[at+1:end-1], pastSpace(text, end)
	if at >= len(text) || text[at] != ':' {
		return nil, nil, 0, false
	}
	at = pastSpace(text, at+1)
	end, depth := at, 0
	for ; end < len(text) && (depth > 0 || text[end] != ','); end++ {
		switch text[end] {
		case '"':
			end = pastString(text, end) - 1
			if end < 0 {
				return nil, nil, 0, false
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	value = bytes.TrimSpace(text[at:end])
	return key, value, end + 1, depth == 0 && len(value) > 0
}

func pastSpace(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') {
		at++
	}
	return at
}

// pastString is where the string that begins here has ended; negative where none
// does.
func pastString(text []byte, at int) int {
	if at >= len(text) || text[at] != '"' {
		return -1
	}
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return -1
}
