package public

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/oauth"
)

// challengeField is where a tool's answer has a Bearer challenge; see Challenge.
const challengeField = "mcp/www_authenticate"

// stepUp turns a write that was refused for want of a scope into the form that
// the client can read: ChatGPT reads the challenge in the answer, Claude's clients
// read only HTTP 403 with it (MCP 2025-11-25, Authorization, Scope Challenge
// Handling). Others are left with the answer, since a 403 hides its sentence from
// their models.
func (p *Public) stepUp(req *http.Request, b *buffered) {
	if b.Status != http.StatusOK || !isClaude(req.UserAgent()) || slices.Contains(caller.From(req.Context()).Scopes, oauth.ScopeWrite) {
		return
	}
	if challenge := challengeIn(b.Body); challenge != "" {
		p.frame.Note(req, http.StatusForbidden, "insufficient_scope")
		b.Status = http.StatusForbidden
		b.Head.Set("WWW-Authenticate", challenge)
	}
}

// isClaude tells Claude's own clients by how they name themselves: claude.ai with
// its apps, and Claude Code.
func isClaude(agent string) bool {
	agent = strings.ToLower(strings.TrimSpace(agent))
	for _, name := range []string{"claude-user", "claude-code"} {
		rest, ok := strings.CutPrefix(agent, name)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], "/ ;(")) {
			return true
		}
	}
	return false
}

// challengeIn is the challenge of a refused tool call, or empty. Text of documents
// stands elsewhere in an answer.
func challengeIn(answer []byte) string {
	if !strings.Contains(string(answer), challengeField) {
		return ""
	}
	var m struct {
		Result struct {
			IsError bool `json:"isError"`
			Meta    struct {
				Challenges []string `json:"mcp/www_authenticate"`
			} `json:"_meta"`
		} `json:"result"`
	}
	if json.Unmarshal(answer, &m) != nil || !m.Result.IsError || len(m.Result.Meta.Challenges) == 0 {
		return ""
	}
	return m.Result.Meta.Challenges[0]
}
