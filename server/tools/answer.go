package tools

import (
	"context"
	"encoding/json"
	"fmt"

	"codabridge/server/jsonrpc"
	"codabridge/server/tools/words"
)

// answer has the library answer a message; nil where none is due.
func (t *Tools) answer(ctx context.Context, m jsonrpc.Message) (answer []byte) {
	defer func() {
		if v := recover(); v != nil {
			t.o.Log.Error("tools: panic in a message", "method", words.Clip(m.Method, 40), "panic", fmt.Sprint(v))
			answer = m.Complete(jsonrpc.Fault(m.ID))
		}
	}()
	if m.Response {
		return nil
	}
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
}
