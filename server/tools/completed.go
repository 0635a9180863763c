package tools

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Completing says how an answer of mcp-go to a message has to be completed;
// nil when it is whole as it is. id and method are the message's.
//
//   - An id may be any number, and the library reads it as a float64, so that
//     9007199254740993 comes back as …992 and the client waits for ever
//     (JSON-RPC 2.0, section 5: the id must be the same).
//   - An error of resources/read names the resource in its data
//     (modelcontextprotocol SEP-2164).
func Completing(id json.RawMessage, method string, message []byte) func(answer []byte) []byte {
	exact := rounded(id)
	var about json.RawMessage
	if method == "resources/read" {
		about = resourceOf(message)
	}
	if !exact && about == nil {
		return nil
	}
	return func(answer []byte) []byte {
		var a reply
		if json.Unmarshal(answer, &a) != nil {
			return answer
		}
		if exact {
			a.ID = id
		}
		if a.Error != nil && a.Error.Data == nil {
			a.Error.Data = about
		}
		whole, err := json.Marshal(a)
		if err != nil {
			return answer
		}
		return whole
	}
}

// OddID says why a message cannot be answered under its id, or is empty: MCP
// wants text or a number. A null id is let pass where no answer is due, since
// some clients write it into notifications.
func OddID(id json.RawMessage, method string) string {
	switch {
	case len(id) == 0 || method == "" || id[0] == '"' || id[0] == '-' || '0' <= id[0] && id[0] <= '9':
		return ""
	case string(id) == "null" && strings.HasPrefix(method, "notifications/"):
		return ""
	}
	return "The id of a request must be a text or a number."
}

// reply is a JSON-RPC answer.
type reply struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *problem        `json:"error,omitempty"`
}

type problem struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
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

// resourceOf is the data that names the resource which a message asks for.
func resourceOf(message []byte) json.RawMessage {
	var m struct {
		Params struct {
			URI string `json:"uri"`
		} `json:"params"`
	}
	if json.Unmarshal(message, &m) != nil {
		return nil
	}
	data, err := json.Marshal(map[string]string{"uri": m.Params.URI})
	if err != nil {
		return nil
	}
	return data
}
