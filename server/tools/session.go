package tools

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"codabridge/server/caller"
)

// The older HTTP+SSE transport names its stream by a session id in the query.
// The id is tied to the caller that opened the stream, so that no other
// connection can put calls, and with them answers, into it (MCP, Security Best
// Practices, Session Hijacking).

// sessionKey is new in every process, as the streams are.
var sessionKey = []byte(rand.Text())

// newSession makes an id: random, a dot, and a tag for its caller.
func (t *Tools) newSession(ctx context.Context, _ *http.Request) (string, error) {
	id := rand.Text()
	return id + "." + t.tag(id, caller.From(ctx).ID), nil
}

func (t *Tools) tag(id, caller string) string {
	m := hmac.New(sha256.New, sessionKey)
	m.Write([]byte(id + "\n" + caller))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// ownSession refuses messages for a stream that another caller opened.
func (t *Tools) ownSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		id, tag, _ := strings.Cut(req.URL.Query().Get("sessionId"), ".")
		if !hmac.Equal([]byte(tag), []byte(t.tag(id, caller.From(req.Context()).ID))) {
			http.Error(w, "this session is not one of this connection", http.StatusNotFound)
			return
		}
		next.ServeHTTP(w, req)
	})
}
