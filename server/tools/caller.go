package tools

import (
	"cmp"
	"context"
	"encoding/json"

	"codabridge/server/caller"
)

// mayWrite says whether the caller of ctx may change documents just now.
func (t *Tools) mayWrite(ctx context.Context) bool {
	return caller.From(ctx).Reach.Write && !t.readOnly()
}

func (t *Tools) readOnly() bool { return t.o.ReadOnly != nil && t.o.ReadOnly() }

// clientName is what a client calls itself: in initialize, or, since MCP
// 2026-07-28, in every request. Empty where the message does not say.
func clientName(message []byte) string {
	type info struct{ Name, Title string }
	var m struct {
		Params struct {
			ClientInfo info
			Meta       struct {
				ClientInfo info `json:"io.modelcontextprotocol/clientInfo"`
			} `json:"_meta"`
		}
	}
	if json.Unmarshal(message, &m) != nil {
		return ""
	}
	return cmp.Or(m.Params.ClientInfo.Title, m.Params.ClientInfo.Name, m.Params.Meta.ClientInfo.Title, m.Params.Meta.ClientInfo.Name)
}
