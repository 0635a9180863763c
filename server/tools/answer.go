package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"codabridge/server/tools/words"
)

// answer has the library answer a message; nil where none is due.
func (t *Tools) answer(ctx context.Context, m Message) (answer []byte) {
	defer func() {
		if v := recover(); v != nil {
			t.o.Log.Error("tools: panic in a message", "method", words.Clip(m.Method, 40), "panic", fmt.Sprint(v))
			answer = m.Complete(Problem(m.ID, -32603, "codabridge met a fault of its own; the log on the owner's computer has the details."))
		}
	}()
	resp := t.mcp.HandleMessage(ctx, m.Body)
	if resp == nil {
		return nil
	}
	b, err := json.Marshal(resp)
	if err != nil {
		t.o.Log.Error("tools: encode answer", "err", err)
		b = Problem(m.ID, -32603, "codabridge met a fault of its own; the log on the owner's computer has the details.")
	}
	return m.Complete(b)
}

// AnswerAll answers the messages of a batch, a few beside one another, in one
// list; nil where no answer is due.
func AnswerAll(messages []Message, answer func(Message) []byte) []byte {
	const beside = 4
	answers := make([]json.RawMessage, len(messages))
	var work sync.WaitGroup
	slots := make(chan struct{}, beside)
	for i, m := range messages {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			answers[i] = answer(m)
		})
	}
	work.Wait()
	due := answers[:0]
	for _, a := range answers {
		if len(a) > 0 {
			due = append(due, a)
		}
	}
	if len(due) == 0 {
		return nil
	}
	b, err := json.Marshal(due)
	if err != nil {
		return Problem(nil, -32603, "codabridge met a fault of its own; the log on the owner's computer has the details.")
	}
	return b
}

// Complete puts right what is wrong in the library's answer to a message; nil
// where the message wants none.
//
//   - A notification gets no answer, not even an error (JSON-RPC 2.0, section
//     4.1).
//   - An id may be any number, and the library reads it as a float64, so that
//     9007199254740993 comes back as …992 and the client waits for ever
//     (section 5: the id must be the same).
//   - An error of resources/read names the resource in its data
//     (modelcontextprotocol SEP-2164).
//   - An error says back what was sent, whole, and holds words of Go.
func (m Message) Complete(answer []byte) []byte {
	if m.Method != "" && !m.WantsAnswer() {
		return nil
	}
	exact, failed := rounded(m.ID), strings.Contains(string(answer[:min(len(answer), 4096)]), `"error"`)
	if !exact && !failed {
		return answer
	}
	var a reply
	if json.Unmarshal(answer, &a) != nil {
		return answer
	}
	if exact {
		a.ID = m.ID
	}
	if a.Error != nil {
		a.Error.Message = plain(a.Error.Message, m.Method)
		if m.Method == "resources/read" && a.Error.Data == nil {
			a.Error.Data = resourceOf(m.Body)
		}
	}
	whole, err := json.Marshal(a)
	if err != nil {
		return answer
	}
	return whole
}

// maxEcho is how long an error of the library may be, in characters: it says back
// names that a client sent.
const maxEcho = 400

var (
	goWords  = regexp.MustCompile(`\bjson: |unmarshal|\bGo (value|struct)|invalid character|unexpected end of JSON|strconv\.|reflect\.|interface \{\}`)
	wrongFor = regexp.MustCompile(`cannot unmarshal (\w+)[^"]*? into Go (?:struct field (\S+)|value) of type (\S+)`)
)

// plain is an error of the library without the words of the language that it
// is written in.
func plain(sentence, method string) string {
	if !goWords.MatchString(sentence) {
		return words.Clip(sentence, maxEcho)
	}
	method = words.Clip(method, 40)
	found := wrongFor.FindStringSubmatch(sentence)
	if found == nil {
		return "The request is not one of MCP's form for " + method + "."
	}
	_, place, _ := strings.Cut(found[2], ".")
	if place == "" {
		place = "the message"
	}
	got := map[string]string{"string": "a text", "number": "a number", "array": "a list", "object": "an object", "bool": "true or false"}[found[1]]
	if got == "" {
		got = "that"
	}
	return fmt.Sprintf("In %s, %s must be %s, not %s.", method, words.Clip(strings.TrimPrefix(place, "."), 80), typeWords(found[3]), got)
}

// typeWords names a type of Go as JSON has it.
func typeWords(typ string) string {
	switch {
	case strings.HasPrefix(typ, "[]"):
		return "a list"
	case strings.HasPrefix(typ, "bool"):
		return "true or false"
	case strings.HasPrefix(typ, "int"), strings.HasPrefix(typ, "float"), strings.HasPrefix(typ, "uint"):
		return "a number"
	case typ == "string", strings.HasSuffix(typ, "MCPMethod"), strings.HasSuffix(typ, "Role"), strings.HasSuffix(typ, "Level"):
		return "a text"
	}
	return "an object"
}
