// Package jsonrpc reads the messages of MCP's clients and writes what is said
// about them: JSON-RPC 2.0 as MCP uses it, over HTTP and over stdio alike. It
// takes the spellings that clients are known to send where only one thing can
// be meant, and hands on what the library of package tools reads without loss.
// It knows no tool, and what an answer says it does not know either.
package jsonrpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"codabridge/server/fault"
)

// Message is one JSON-RPC message of a client, in the form that the library
// reads it in.
type Message struct {
	Body   []byte
	ID     json.RawMessage
	Method string
	// Response tells that it answers a request of ours. We send none that
	// waits for an answer, so nothing has to be done about it.
	Response bool
	// Call is set where it is a tools/call in its plain form.
	Call *Call

	malformed *MalformedError // why this element of a batch is no message
}

// Codes of JSON-RPC 2.0, section 5.1; Busy is one of those left to servers.
const (
	ParseError     = -32700
	InvalidRequest = -32600
	InvalidParams  = -32602
	internalError  = -32603
	Busy           = -32000
)

// MalformedError says why what a client sent is no message. Its sentence is
// for the client.
type MalformedError struct {
	ID       json.RawMessage // of the message, where it has a good one
	Code     int             // one of JSON-RPC's
	Sentence string
}

// Error is the sentence.
func (e *MalformedError) Error() string { return e.Sentence }

// maxBatch is how many messages may stand in one batch.
const maxBatch = 20

// batchVersion is the one version of MCP that has batches.
const batchVersion = "2025-03-26"

var byteOrderMark = []byte("\ufeff")

// Blank tells that there is nothing in what came, as on an empty line.
func Blank(text []byte) bool { return len(unmarked(text)) == 0 }

// unmarked is a text without what may stand around it.
func unmarked(text []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(text), byteOrderMark))
}

// Read takes what came in one piece, by HTTP or on a line: a message,
// or a batch of them where the version of MCP that the client speaks has
// batches. A byte order mark before it is dropped, and "[]" counts as "{}"
// where only an object can stand, since PHP has one spelling for both. The
// error is a *MalformedError; in a batch it concerns the batch, and an element
// that is no message is answered by AnswerAll.
func Read(text []byte, version string) (messages []Message, batch bool, err error) {
	text = unmarked(text)
	if m, ok := plainCall(text); ok {
		return []Message{m}, false, nil
	}
	return readUsual(text, version)
}

// readUsual is Read of a text with nothing around it.
func readUsual(text []byte, version string) (messages []Message, batch bool, err error) {
	switch {
	case len(text) == 0:
		return nil, false, &MalformedError{nil, ParseError, "There is no message here. Send one JSON-RPC message as JSON."}
	case !json.Valid(text):
		return nil, false, &MalformedError{nil, ParseError, "This is not valid JSON. Send one JSON-RPC message, in UTF-8."}
	case text[0] != '[':
		m, malformed := readMessage(text)
		if malformed != nil {
			return nil, false, malformed
		}
		return []Message{m}, false, nil
	case version != batchVersion:
		return nil, true, &MalformedError{nil, InvalidRequest, noBatch(version)}
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil || len(parts) == 0 {
		return nil, true, &MalformedError{nil, InvalidRequest, "A batch must hold at least one message."}
	}
	if len(parts) > maxBatch {
		return nil, true, &MalformedError{nil, InvalidRequest, fmt.Sprintf("A batch may hold %d messages at most.", maxBatch)}
	}
	for _, part := range parts {
		m, err := readMessage(part)
		if err == nil && m.Method == "initialize" {
			err = &MalformedError{m.ID, InvalidRequest, "initialize must be sent by itself, before any batch."}
		}
		if err != nil {
			m = Message{malformed: err}
		}
		messages = append(messages, m)
	}
	return messages, true, nil
}

func noBatch(version string) string {
	if version == "" {
		return "A batch is answered once initialize has agreed on MCP " + batchVersion + ", the one version that has batches. Send each message by itself."
	}
	return fmt.Sprintf("JSON-RPC batches exist in MCP %s only, and this client speaks %s. Send each message by itself.", batchVersion, fault.Clip(version, 40))
}

// readMessage reads the parts of a message that decide its way. They are
// decoded by the same package, and so by the same rules for odd spellings and
// doubled keys, as the library decodes them; nothing is authorized by them.
func readMessage(text []byte) (Message, *MalformedError) {
	text = bytes.TrimSpace(text)
	if text[0] != '{' {
		return Message{}, &MalformedError{nil, InvalidRequest, noObject}
	}
	text = withObjects(text)
	var m struct {
		Version any             `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Method  any             `json:"method"`
		Result  json.RawMessage `json:"result"`
		Error   json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return Message{}, &MalformedError{nil, InvalidRequest, noObject}
	}
	method, isText := m.Method.(string)
	if m.Method == nil && (m.Result != nil || m.Error != nil) {
		return Message{Body: text, ID: m.ID, Response: true}, nil
	}
	if why := oddID(m.ID, method); why != "" {
		return Message{}, &MalformedError{nil, InvalidRequest, why}
	}
	switch {
	case (m.Method == nil || m.Method == "") && len(m.ID) > 0:
		return Message{}, &MalformedError{m.ID, InvalidRequest, "A message must name its method."}
	case m.Version != "2.0" && m.Method != nil:
		return Message{}, &MalformedError{m.ID, InvalidRequest, `A message must say "jsonrpc": "2.0".`}
	case m.Method != nil && !isText:
		return Message{}, &MalformedError{m.ID, InvalidRequest, "The method of a message must be a text."}
	}
	if !FloatsHold(text) {
		text, isText = withTextArguments(text)
		if !isText || method != "tools/call" {
			return Message{}, &MalformedError{m.ID, InvalidParams, "A number in this message has more than 40 digits, or too large an exponent."}
		}
	}
	return Message{Body: text, ID: m.ID, Method: method}, nil
}

const noObject = "A message must be a JSON object with jsonrpc, id, method and params."

// withTextArguments is a call with its arguments written as a text, which the
// tool reads itself: the library would read every number into a float64 first,
// and give one that does not fit back whole. ok is false where the arguments
// are not all that holds such a number.
func withTextArguments(message []byte) (text []byte, ok bool) {
	var whole, params map[string]json.RawMessage
	if json.Unmarshal(message, &whole) != nil || json.Unmarshal(whole["params"], &params) != nil {
		return message, false
	}
	written, err := json.Marshal(string(params["arguments"]))
	if err != nil {
		return message, false
	}
	params["arguments"] = written
	whole["params"], err = json.Marshal(params)
	if err != nil {
		return message, false
	}
	text, err = json.Marshal(whole)
	return text, err == nil && FloatsHold(text)
}

// WantsAnswer tells a request from a notification and from an answer.
func (m Message) WantsAnswer() bool {
	return m.Method != "" && len(m.ID) > 0 && string(m.ID) != "null"
}

// maxID is the longest id in bytes: it comes back in the answer.
const maxID = 1000

// oddID says why a message cannot be answered under its id, or is empty: MCP
// wants text or a number. A null id is let pass where no answer is due, since
// some clients write it into notifications.
func oddID(id json.RawMessage, method string) string {
	switch {
	case len(id) > maxID:
		return fmt.Sprintf("The id of a request may be %d characters long at most.", maxID)
	case len(id) == 0 || id[0] == '"' || id[0] == '-' || '0' <= id[0] && id[0] <= '9':
		return ""
	case string(id) == "null" && strings.HasPrefix(method, "notifications/"):
		return ""
	}
	return "The id of a request must be a text or a number."
}
