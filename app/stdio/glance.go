package stdio

import (
	"bytes"

	"codabridge/server/jsontext"
)

// glance finds id and method of a message by place, where the keys at its top are
// written plainly and stand once each. False says that it must be read by the rules.
func glance(text []byte) (m message, ok bool) {
	if !jsontext.Valid(text, jsontext.Nested) {
		return m, false
	}
	var method, version, params, result, fault []byte
	places := map[string]*[]byte{`"id"`: (*[]byte)(&m.ID), `"method"`: &method, `"jsonrpc"`: &version,
		`"params"`: &params, `"result"`: &result, `"error"`: &fault}
	ok = jsontext.Once(text, func(name string) *[]byte { return places[name] })
	if !ok || bytes.TrimSpace(text)[0] != '{' {
		return m, false
	}
	if method != nil {
		name, plain := jsontext.Text(method)
		if !plain {
			return m, false
		}
		m.Method = string(name)
	}
	return m, true
}
