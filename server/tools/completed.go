package tools

import (
	"bytes"
	"encoding/json"
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
