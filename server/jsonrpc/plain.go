package jsonrpc

import (
	"bytes"
	"unicode/utf8"
)

// Call is a tools/call in its plain form, as nearly all are: what it names and
// brings stands once each, in so many letters, and nothing else beside it.
type Call struct {
	Name string
	// Arguments and Meta are JSON objects; nil where the call has none.
	Arguments, Meta []byte
}

// plainCall reads a call in one pass, which checks the JSON too. False says that it
// is none of the plain form, and nothing else: then it is read in the usual way.
func plainCall(text []byte) (Message, bool) {
	p := &pass{text: text}
	m := Message{Body: text, Method: "tools/call", Call: &Call{}}
	var version, method []byte
	ok := utf8.Valid(text) && p.object(func(key []byte) bool {
		switch string(key) {
		case "jsonrpc":
			return p.once(&version)
		case "method":
			return p.once(&method)
		case "id":
			return p.once((*[]byte)(&m.ID))
		case "params":
			return m.Call.Name == "" && p.params(m.Call)
		}
		return false
	})
	return m, ok && p.at == len(text) && string(version) == `"2.0"` && string(method) == `"tools/call"` && plainID(m.ID) && m.Call.Name != ""
}

func (p *pass) params(c *Call) bool {
	var name []byte
	ok := p.object(func(key []byte) bool {
		switch string(key) {
		case "name":
			return p.once(&name)
		case "arguments":
			return p.peek() == '{' && p.once(&c.Arguments)
		case "_meta":
			p.lists = false
			return p.peek() == '{' && p.once(&c.Meta) && !p.lists // "[]" may stand for an object in it
		}
		return false
	})
	if !ok || len(name) < 3 || name[0] != '"' || bytes.IndexByte(name, '\\') >= 0 {
		return false
	}
	c.Name = string(name[1 : len(name)-1])
	return true
}

// plainID tells that an id comes back in the same letters from whatever reads and
// writes it: a whole number, or a text in which nothing is escaped.
func plainID(id []byte) bool {
	if len(id) == 0 || len(id) > maxID {
		return false
	}
	if id[0] == '"' {
		return bytes.IndexFunc(id, func(r rune) bool { return r >= utf8.RuneSelf || r == '\\' || r == '<' || r == '>' || r == '&' }) < 0
	}
	digits := bytes.TrimPrefix(id, []byte("-"))
	return len(digits) <= 15 && string(id) != "-0" && bytes.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// pass walks over a JSON text once.
type pass struct {
	text  []byte
	at    int
	depth int
	lists bool // an empty list was met
}

// mostDeep is how deep a plain message goes.
const mostDeep = 100

// peek is the next byte that is no space; zero at the end.
func (p *pass) peek() byte {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
	return 0
}

func (p *pass) next(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

// once walks over a value that must not have come yet, and gives its text.
func (p *pass) once(to *[]byte) bool {
	p.peek()
	begin := p.at
	if *to != nil || !p.value() {
		return false
	}
	*to = p.text[begin:p.at]
	return true
}

// object walks over an object; field walks over the value of a key, which comes as
// it is written.
func (p *pass) object(field func(key []byte) bool) bool {
	p.depth++
	if p.depth > mostDeep || !p.next('{') {
		return false
	}
	for first := true; ; first = false {
		if first && p.next('}') {
			break
		}
		p.peek()
		begin := p.at
		if !p.string() {
			return false
		}
		key := p.text[begin+1 : p.at-1]
		if !p.next(':') || !field(key) {
			return false
		}
		if p.next('}') {
			break
		}
		if !p.next(',') {
			return false
		}
	}
	p.depth--
	return true
}

func (p *pass) list() bool {
	p.depth++
	if p.depth > mostDeep || !p.next('[') {
		return false
	}
	if p.next(']') {
		p.lists = true
		p.depth--
		return true
	}
	for {
		if !p.value() {
			return false
		}
		if p.next(']') {
			p.depth--
			return true
		}
		if !p.next(',') {
			return false
		}
	}
}

func (p *pass) value() bool {
	switch c := p.peek(); c {
	case '{':
		return p.object(func([]byte) bool { return p.value() })
	case '[':
		return p.list()
	case '"':
		return p.string()
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	default:
		return p.number()
	}
}

func (p *pass) word(w string) bool {
	if !bytes.HasPrefix(p.text[p.at:], []byte(w)) {
		return false
	}
	p.at += len(w)
	return true
}

func (p *pass) string() bool {
	if !p.next('"') {
		return false
	}
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			if !p.escape() {
				return false
			}
		default:
			p.at++
		}
	}
	return false
}

func (p *pass) escape() bool {
	rest := p.text[p.at:]
	if len(rest) < 2 {
		return false
	}
	if rest[1] != 'u' {
		p.at += 2
		return bytes.IndexByte([]byte(`"\/bfnrt`), rest[1]) >= 0
	}
	if len(rest) < 6 {
		return false
	}
	p.at += 6
	return bytes.IndexFunc(rest[2:6], func(r rune) bool {
		return !('0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F')
	}) < 0
}

// number walks over a number that a float64 holds (FloatsHold).
func (p *pass) number() bool {
	begin := p.at
	if p.at < len(p.text) && p.text[p.at] == '-' {
		p.at++
	}
	whole := p.at
	if !p.digits() || p.text[whole] == '0' && p.at > whole+1 {
		return false
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		if !p.digits() {
			return false
		}
	}
	if p.at < len(p.text) && (p.text[p.at] == 'e' || p.text[p.at] == 'E') {
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if !p.digits() {
			return false
		}
	}
	return Bearable(string(p.text[begin:min(p.at, begin+MostDigits+1)]), MostExponent/4)
}

func (p *pass) digits() bool {
	begin := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > begin
}
