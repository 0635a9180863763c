package jsonrpc

import (
	"bytes"
	"unicode/utf8"

	"codabridge/server/jsontext"
)

// Call is a tools/call in its plain form, as nearly all are: what it names and
// brings stands once each, in so many letters, and nothing else beside it.
type Call struct {
	Name string
	// Arguments and Meta are JSON objects; nil where the call has none.
	Arguments, Meta []byte
}

// mostDeep is how deep a plain message goes.
const mostDeep = 100

// plainCall reads a call by place. False says that it is none of the plain form, and
// nothing else: then it is read in the usual way.
func plainCall(text []byte) (Message, bool) {
	m := Message{Body: text, Method: "tools/call"}
	if !utf8.Valid(text) || !jsontext.Valid(text, mostDeep) || !FloatsHold(text) {
		return m, false
	}
	var version, method, params []byte
	ok := jsontext.Once(text, func(name string) *[]byte {
		switch name {
		case `"jsonrpc"`:
			return &version
		case `"method"`:
			return &method
		case `"id"`:
			return (*[]byte)(&m.ID)
		case `"params"`:
			return &params
		}
		return nil
	})
	if !ok || string(version) != `"2.0"` || string(method) != `"tools/call"` || !plainID(m.ID) {
		return m, false
	}
	m.Call, ok = plainParams(params)
	return m, ok
}

func plainParams(params []byte) (*Call, bool) {
	c := &Call{}
	var name []byte
	ok := jsontext.Once(params, func(field string) *[]byte {
		switch field {
		case `"name"`:
			return &name
		case `"arguments"`:
			return &c.Arguments
		case `"_meta"`:
			return &c.Meta
		}
		return nil
	})
	called, plain := jsontext.Text(name)
	if !ok || !plain || len(called) == 0 {
		return c, false
	}
	c.Name = string(called)
	// "[]" may stand for an object in _meta.
	return c, isObject(c.Arguments) && isObject(c.Meta) && !emptyList().Match(c.Meta)
}

// isObject tells it of a value that is there.
func isObject(value []byte) bool { return value == nil || value[0] == '{' }

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
