// Package actions offers the tools to programs that speak HTTP and know nothing
// of MCP: one operation a tool, and an OpenAPI document that describes them.
// n8n, Open WebUI, LibreChat, Power Automate and curl come this way.
//
// # Decisions
//
// An operation is the tool itself: the same arguments, checks, limits and words
// as over MCP. Its answer is the tool's JSON; an error is one object with a word
// for programs and a sentence.
//
// The document is public, since some clients fetch it without credentials, and
// says nothing that is personal: no account, no doc, only which tools there are.
package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"codabridge/server/caller"
)

// Actions answers operations and describes them.
type Actions struct {
	tools   Tools
	version string
}

// Tools are what the operations are made of: those of server/tools.
type Tools interface {
	// Operations are those that are offered just now.
	Operations() []caller.Operation
	// Do calls one: its answer is JSON when the status is ok, else a sentence.
	// False says that there is none of this name.
	Do(ctx context.Context, name string, args []byte) (answer string, status caller.Status, found bool)
	// Known says whether there is one of this name, offered or not.
	Known(name string) bool
	// Near are the names that come near to one that there is not.
	Near(name string) []string
}

// New makes the operations of these tools; version is that of the program.
func New(t Tools, version string) *Actions { return &Actions{tools: t, version: version} }

// problem is the form of every error (RFC 6749 section 5.2 has the same).
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func refuse(status int, code, sentence string) (int, []byte) {
	b, err := json.Marshal(problem{code, sentence})
	if err != nil {
		panic(err) // two texts always encode
	}
	return status, b
}

// statuses are what the ends of a call are in HTTP (RFC 9110 section 15).
var statuses = map[caller.Status]int{
	caller.StatusOK:        http.StatusOK,
	caller.StatusError:     http.StatusUnprocessableEntity,
	caller.StatusRefused:   http.StatusForbidden,
	caller.StatusTimeout:   http.StatusGatewayTimeout,
	caller.StatusCancelled: http.StatusRequestTimeout,
	caller.StatusFault:     http.StatusInternalServerError,
}

var byteOrderMark = []byte("\ufeff")

// Answer calls the operation of this name for the caller of ctx. The body holds
// its arguments as a JSON object; nothing, and PHP's empty list, count as none.
func (a *Actions) Answer(ctx context.Context, name string, body []byte) (status int, answer []byte) {
	body = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), byteOrderMark))
	if len(body) == 0 || string(body) == "[]" || string(body) == "null" {
		body = []byte("{}")
	}
	switch {
	case !json.Valid(body):
		return refuse(http.StatusBadRequest, "invalid_request", "The body is not valid JSON. Send the arguments as one JSON object, in UTF-8.")
	case body[0] != '{':
		return refuse(http.StatusBadRequest, "invalid_request", "The body is not a JSON object. Send the arguments by their names, such as {\"document\": \"…\"}.")
	}
	text, end, found := a.tools.Do(ctx, name, body)
	if !found {
		return refuse(http.StatusNotFound, "unknown_operation", "There is no operation of this name. "+a.near()+" /openapi.json describes them.")
	}
	if end != caller.StatusOK {
		return refuse(statuses[end], string(end), text)
	}
	return http.StatusOK, []byte(text)
}

// near names the first operations there are.
func (a *Actions) near() string {
	var names []string
	for _, o := range a.tools.Operations() {
		if len(names) < 5 {
			names = append(names, o.Name)
		}
	}
	return "There are: " + strings.Join(names, ", ") + ", …"
}

// IsTool says whether a method of JSON-RPC is the name of a tool.
func (a *Actions) IsTool(name string) bool { return a.tools.Known(name) }

// Near are the names that come near to one that there is not.
func (a *Actions) Near(name string) []string { return a.tools.Near(name) }
