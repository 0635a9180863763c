package tools

import (
	"context"
	"encoding/json"

	"codabridge/server/jsonrpc"
)

// answer answers a message; nil where no answer is due.
func (t *Tools) answer(ctx context.Context, m jsonrpc.Message) []byte {
	if m.Response {
		return nil
	}
	return t.guarded(m, func() []byte {
		resp := t.mcp.HandleMessage(ctx, m.Body)
		if resp == nil {
			return nil
		}
		b, err := json.Marshal(resp)
		if err != nil {
			t.o.Log.Error("tools: encode answer", "err", err)
			b = jsonrpc.Fault(m.ID)
		}
		return m.Complete(b)
	})
}

// answerCall answers a message that was taken on standard input, which can be
// cancelled there.
func (t *Tools) answerCall(ctx context.Context, m jsonrpc.Message) []byte {
	if d, e := t.toolOf(m); d != nil {
		return t.guarded(m, func() []byte { return t.direct(ctx, d, e, m) })
	}
	return t.answer(ctx, m)
}
