package jsonrpc

import (
	"encoding/json"
	"errors"

	"codabridge/server/fault"
)

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

// Problem is a JSON-RPC error as an answer to the message with this id; nil
// where the id is not known. A sentence of the library is clipped.
func Problem(id json.RawMessage, code int, sentence string) []byte {
	b, err := json.Marshal(reply{Version: "2.0", ID: id, Error: &problem{Code: code, Message: fault.Clip(sentence, maxEcho)}})
	if err != nil { // an id that is no JSON
		return Problem(nil, code, sentence)
	}
	return b
}

// ProblemOf is the answer to what is no message.
func ProblemOf(err error) []byte {
	var malformed *MalformedError
	if errors.As(err, &malformed) {
		return Problem(malformed.ID, malformed.Code, malformed.Sentence)
	}
	return Problem(nil, InvalidRequest, "This is not a message of MCP.")
}

// Fault is the answer to a message on which something of ours broke.
func Fault(id json.RawMessage) []byte {
	return Problem(id, internalError, "codabridge met a fault of its own; the log on the owner's computer has the details.")
}
