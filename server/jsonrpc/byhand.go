package jsonrpc

import (
	"encoding/json"
	"strings"
)

// ByHand reads a message that a person wrote at a terminal: its method is the
// name of a tool, its params are the arguments, and jsonrpc and id may be
// missing. It becomes a call of that tool. False says that it is none.
func ByHand(text []byte, isTool func(string) bool) (Message, bool) {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method any             `json:"method"`
		Params json.RawMessage `json:"params"`
	}
	if json.Unmarshal(unmarked(text), &m) != nil {
		return Message{}, false
	}
	name, _ := m.Method.(string)
	if !isTool(name) {
		return Message{}, false
	}
	if len(m.ID) == 0 || string(m.ID) == "null" {
		m.ID = json.RawMessage("1") // whoever sends none has no other call open
	}
	if len(m.Params) == 0 || string(m.Params) == "null" {
		m.Params = json.RawMessage("{}")
	}
	call, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": m.ID, "method": "tools/call",
		"params": map[string]any{"name": name, "arguments": m.Params}})
	if err != nil {
		return Message{}, false
	}
	read, malformed := readMessage(call)
	return read, malformed == nil
}

// ToolByHand is the method of a message by hand that says no version and names no
// method of MCP, so that it was meant for a tool; empty where it is none.
func ToolByHand(text []byte) (method string, id json.RawMessage) {
	var m struct {
		Version any             `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Method  any             `json:"method"`
	}
	if json.Unmarshal(unmarked(text), &m) != nil || m.Version != nil {
		return "", nil
	}
	method, _ = m.Method.(string)
	if strings.Contains(method, "/") || method == "initialize" || method == "ping" {
		return "", nil
	}
	return method, m.ID
}
