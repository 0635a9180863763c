package stdio

import (
	"bytes"
	"encoding/json"
)

// message is what decides the way of a line. Nothing is authorized by it.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
}

// line is one that was sent to a side.
type line struct {
	text     []byte // with its newline; nil when it is too long to be kept
	messages []message
	taken    bool
	replayed bool // the client has its answer from before
}

// keptLine is how long a line may be that is kept to be sent again, in bytes,
// once it was taken.
const keptLine = 256 << 10

// read looks at a line, which may be anything.
func read(text []byte) *line {
	if m, ok := glance(text); ok {
		return &line{text: text, messages: []message{m}}
	}
	return &line{text: text, messages: messagesOf[message](text)}
}

// messagesOf reads the message of a line, or those of its batch, as far as T goes.
func messagesOf[T any](text []byte) (all []T) {
	bare := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(text), []byte("\ufeff")))
	var one T
	switch {
	case len(bare) > 0 && bare[0] == '[':
		_ = json.Unmarshal(bare, &all)
	case json.Unmarshal(bare, &one) == nil:
		all = []T{one}
	}
	return all
}

// awaits tells whether an answer to the line is due.
func (l *line) awaits() bool {
	for _, m := range l.messages {
		if m.request() {
			return true
		}
	}
	// What is no message is answered too, and blank lines are not.
	return len(l.messages) == 0 && len(bytes.TrimSpace(l.text)) > 0
}

func (m message) request() bool { return m.Method != "" && len(m.ID) > 0 && string(m.ID) != "null" }

// is tells whether the line is one message of this method.
func (l *line) is(method string) bool { return len(l.messages) == 1 && l.messages[0].Method == method }

// again tells whether the line may be sent a second time though the first may
// have been worked on: it changes nothing. reads tells it of a tool.
func (l *line) again(reads func(tool string) bool) bool {
	if l.text == nil {
		return false
	}
	type call struct {
		Method string
		Params struct{ Name string }
	}
	for _, m := range messagesOf[call](l.text) {
		if m.Method == "tools/call" && !reads(m.Params.Name) {
			return false
		}
	}
	return true
}

// lostWords is what a client hears of a call that nobody can tell about.
const lostWords = "codabridge ended or was started anew while this call was at work, so it is not known whether it was done. " +
	"It was not sent a second time. Look whether the change is there before you ask for it again."

// cutWords are told when this process itself was ended.
const cutWords = "This codabridge was ended while this call was at work, so it is not known whether it was done. " +
	"Look whether the change is there before you ask for it again."

// lost is the answer to a line whose side has gone; empty where none is due.
func (l *line) lost(ended bool) []byte {
	said := lostWords
	if ended {
		said = cutWords
	}
	var all []json.RawMessage
	for _, m := range l.messages {
		if m.request() {
			all = append(all, m.lost(said))
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case len(l.messages) == 1:
		return append(all[0], '\n')
	}
	b, err := json.Marshal(all)
	if err != nil {
		return nil
	}
	return append(b, '\n')
}

// lost is a tool's answer where a tool was called, since a model reads that one.
func (m message) lost(said string) json.RawMessage {
	answer := map[string]any{"jsonrpc": "2.0", "id": m.ID}
	if m.Method == "tools/call" {
		answer["result"] = map[string]any{"isError": true, "content": []map[string]string{{"type": "text", "text": said}}}
	} else {
		answer["error"] = map[string]any{"code": -32000, "message": said}
	}
	b, err := json.Marshal(answer)
	if err != nil { // an id that is no JSON cannot have been read from a message
		return nil
	}
	return b
}
