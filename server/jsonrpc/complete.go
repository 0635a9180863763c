package jsonrpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"codabridge/server/fault"
)

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
	goWords = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\bjson: |unmarshal|\bGo (value|struct)|invalid character|unexpected end of JSON|strconv\.|reflect\.|interface \{\}`)
	})
	noSuch   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(tool|prompt) '([\s\S]*)' not found: `) })
	wrongFor = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`cannot unmarshal (\w+)[^"]*? into Go (?:struct field (\S+)|value) of type (\S+)`)
	})
)

// plain is an error of the library without the words of the language that it
// is written in.
func plain(sentence, method string) string {
	if m := noSuch().FindStringSubmatch(sentence); m != nil {
		return fmt.Sprintf("There is no %s called %q here; %ss/list names those there are.", m[1], fault.Clip(m[2], 60), m[1])
	}
	if !goWords().MatchString(sentence) {
		return fault.Clip(sentence, maxEcho)
	}
	method = fault.Clip(method, 40)
	found := wrongFor().FindStringSubmatch(sentence)
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
	return fmt.Sprintf("In %s, %s must be %s, not %s.", method, fault.Clip(strings.TrimPrefix(place, "."), 80), typeWords(found[3]), got)
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

// rounded tells that an id is a number which float64 does not give back in the
// same digits.
func rounded(id json.RawMessage) bool {
	var number float64
	if json.Unmarshal(id, &number) != nil || string(id) == "null" {
		return false
	}
	back, err := json.Marshal(number)
	return err == nil && !bytes.Equal(back, id)
}

// maxURI is the longest address of a resource that is said back, in bytes.
const maxURI = 2000

// resourceOf is the data that names the resource which a message asks for.
func resourceOf(message []byte) json.RawMessage {
	var m struct {
		Params struct {
			URI string `json:"uri"`
		} `json:"params"`
	}
	if json.Unmarshal(message, &m) != nil || len(m.Params.URI) > maxURI {
		return nil
	}
	data, err := json.Marshal(map[string]string{"uri": m.Params.URI})
	if err != nil {
		return nil
	}
	return data
}
