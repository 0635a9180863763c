package codatest

import (
	"encoding/base64"
	"net/http"
	"time"
)

// Tokens that every Server knows, one for each way a token can be restricted.
// Any other token is answered 401.
const (
	Token         = "5f1c7a9e-0d0e-4c55-9d7c-codabridge01"
	TokenReadOnly = "5f1c7a9e-0d0e-4c55-9d7c-codabridge02"
	// TokenOneDoc reaches the workspace's first doc only.
	TokenOneDoc = "5f1c7a9e-0d0e-4c55-9d7c-codabridge03"
	// TokenMCP is of the type for the vendor's own MCP server.
	TokenMCP = "5f1c7a9e-0d0e-4c55-9d7c-codabridge04"
)

// Shapes of a 400 answer.
const (
	ShapePlain      = ""           // statusCode, statusMessage, message
	ShapeValidation = "validation" // codaDetail.validationErrors
	ShapeSchema     = "schema"     // RequestSchemaValidationFailed with issues
	ShapeBare       = "bare"       // the envelope without a telling message
)

// Knobs are the habits of the real service that a test may switch on. The
// zero value is a service in good health, but for asynchronous writes.
type Knobs struct {
	// MutationPolls is how many polls answer "not completed"; MutationAfter
	// is the time after which a write is done in any case (zero: 3 s).
	MutationPolls    int
	MutationAfter    time.Duration
	MutationNotFound int    // the first polls of each write answer 404
	MutationWarning  string // comes with every completed write
	MutationStuck    bool   // writes are never done

	// QueryBy is how listRows compares in a query: "type" takes a number or
	// truth value for a column of such only, and text for all others; "text"
	// takes text only. Empty does not look.
	QueryBy string

	// ClampRows and ClampLists silently lower limits (zero: 500 and 100).
	ClampRows, ClampLists int

	// Refuse answers 429 to so many requests to come, -1 to all of them, with
	// RetryAfter as header when it is set.
	Refuse     int
	RetryAfter string

	// Fail answers FailStatus to so many requests to come, -1 to all; where
	// FailOperation is set, to those of that operation only, and so many of
	// them as FailAfter pass first. FailShape is one of the Shape constants.
	Fail          int
	FailAfter     int
	FailStatus    int
	FailOperation string
	FailMessage   string
	FailShape     string

	// RowsTimeout answers 504 to listRows with a larger limit than this.
	RowsTimeout int
	// Delay holds every answer back; it ends early with the request.
	Delay time.Duration
	// NotUpToDate refuses X-Coda-Doc-Version: latest even without a pending
	// write.
	NotUpToDate bool
	// Redirect answers every request with 302 to that scheme and host.
	Redirect string

	// ExportPolls answer "inProgress" before the link, and so do all polls in
	// the first ExportAfter; ExportNotFound first answer 404; ExportError ends
	// in that error; ExportGone answers 410.
	ExportPolls, ExportNotFound int
	ExportAfter                 time.Duration
	ExportError                 string
	ExportGone                  bool
	// ExpireLinks makes so many downloads fail as an old link does: with 403,
	// or with ExpireAs200 with 200, and XML in both cases.
	ExpireLinks int
	ExpireAs200 bool

	// Odd adds fields and values that the API's description does not know and
	// leaves out some that it promises.
	Odd bool
}

// Request is one line of the request log.
type Request struct {
	Operation string // such as listRows, or downloadExport; "" if unknown
	Method    string
	Path      string
	Query     string
	Header    http.Header
	Body      []byte // its first 64 KiB
	Status    int
}

// Set changes knobs; it may be called while requests run.
func (s *Server) Set(change func(*Knobs)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.knobs)
}

// Requests gives the last 4,096 requests, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.log...)
}

// Count says how many logged requests an operation has; "" counts all.
func (s *Server) Count(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.log {
		if operation == "" || r.Operation == operation {
			n++
		}
	}
	return n
}

// ClearLog empties the request log.
func (s *Server) ClearLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

func (s *Server) record(r Request) {
	if len(s.log) >= 4096 {
		s.log = append(s.log[:0], s.log[2048:]...)
	}
	s.log = append(s.log, r)
}

// take counts a knob of "so many to come" down and says whether it holds.
func take(n *int) bool {
	if *n > 0 {
		*n--
		return true
	}
	return *n < 0
}

// access is what a token may do.
type access struct {
	known, readOnly, oneDoc bool
	name                    string
}

func (s *Server) accessOf(token string) access {
	switch token {
	case Token:
		return access{known: true, name: "codabridge"}
	case TokenReadOnly:
		return access{known: true, readOnly: true, name: "codabridge (read)"}
	case TokenOneDoc:
		return access{known: true, oneDoc: true, name: "codabridge (one doc)"}
	}
	for _, t := range s.opt.Tokens {
		if t != "" && t == token {
			return access{known: true, name: "codabridge"}
		}
	}
	return access{} // TokenMCP too: it is for another server
}

func encodeToken(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decodeToken(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }
