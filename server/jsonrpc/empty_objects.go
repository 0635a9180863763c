package jsonrpc

import (
	"bytes"
	"encoding/json"
	"regexp"
	"sync"
)

// shape says where in a message only an object can stand.
type shape struct {
	in map[string]*shape
	// deep is for how many levels this is so of all that is inside.
	deep int
}

var (
	anObject   = &shape{}
	allObjects = &shape{deep: 4}
)

// messageShape are the objects of MCP's requests, notifications and answers.
// What stands in the arguments of a tool is the tool's to judge.
var messageShape = &shape{in: map[string]*shape{
	"result": anObject,
	"params": {in: map[string]*shape{
		"arguments": anObject, "clientInfo": anObject, "ref": anObject, "notifications": anObject,
		"context":      {in: map[string]*shape{"arguments": anObject}},
		"capabilities": allObjects, "_meta": allObjects,
	}},
}}

var emptyList = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[\s*\]`) })

// withObjects is a message with "{}" wherever "[]" stands for it.
func withObjects(message []byte) []byte {
	if !emptyList().Match(message) {
		return message
	}
	return messageShape.fix(message)
}

func (s *shape) fix(value []byte) []byte {
	value = bytes.TrimSpace(value)
	if value[0] == '[' && len(bytes.TrimSpace(value[1:])) == 1 {
		return []byte("{}")
	}
	if value[0] != '{' || (len(s.in) == 0 && s.deep == 0) {
		return value
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(value, &fields) != nil {
		return value
	}
	changed := false
	for name, field := range fields {
		inner := s.in[name]
		if s.deep > 0 {
			inner = &shape{deep: s.deep - 1}
		}
		if inner == nil {
			continue
		}
		if fixed := inner.fix(field); !bytes.Equal(fixed, field) {
			fields[name], changed = fixed, true
		}
	}
	if !changed {
		return value
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return value
	}
	return b
}
