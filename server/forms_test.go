package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"codabridge/server/tools"
)

// transport is one of the ways in which messages come. send gives what a
// client is answered, and the status where there is one.
type transport struct {
	name string
	send func(t *testing.T, version, text string, answered bool) (status int, answer string)
}

// transports are all of them, each with the version of MCP agreed upon.
func (h *harness) transports(t *testing.T) []transport {
	srv := httptest.NewServer(h.handler)
	t.Cleanup(srv.Close)
	messages, stdio := map[string]talk{}, map[string]talk{}
	return []transport{
		{"HTTP", func(_ *testing.T, version, text string, _ bool) (int, string) {
			resp, b := h.ask("POST", "/mcp", text, "Authorization", "Bearer "+h.reader, "Mcp-Protocol-Version", version)
			return resp.StatusCode, strings.TrimSpace(string(b))
		}},
		{"/messages", func(_ *testing.T, version, text string, answered bool) (int, string) {
			if _, open := messages[version]; !open {
				messages[version] = h.talkByMessages(srv, version)
			}
			return messages[version].say(text, answered)
		}},
		{"stdio", func(_ *testing.T, version, text string, answered bool) (int, string) {
			if _, open := stdio[version]; !open {
				stdio[version] = h.talkByStdio(version)
			}
			return stdio[version].say(text, answered)
		}},
	}
}

// talk is a conversation over a transport that answers elsewhere than it is
// asked.
type talk struct {
	post func(text string) (status int, refusal string)
	next func() string
}

// say posts a message; where an answer is due it is read first, and then all
// up to that of a message which is sent last.
func (k talk) say(text string, answered bool) (status int, answer string) {
	status, answer = k.post(text)
	if answer != "" {
		return status, answer
	}
	if answered {
		answer = k.next()
	}
	k.post(sentinel)
	for {
		line := k.next()
		if strings.Contains(line, "the last") {
			return status, answer
		}
		answer += line
	}
}

func (h *harness) talkByMessages(srv *httptest.Server, version string) talk {
	h.t.Helper()
	place, r := h.openStream(srv, h.reader)
	k := talk{
		post: func(text string) (int, string) {
			resp, b := h.ask("POST", place, text, "Authorization", "Bearer "+h.reader)
			return resp.StatusCode, strings.TrimSpace(string(b))
		},
		next: func() string {
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					h.t.Fatal(err)
				}
				if data, is := strings.CutPrefix(line, "data: "); is {
					return strings.TrimSpace(data)
				}
			}
		},
	}
	k.post(initialize(version))
	k.next()
	return k
}

// plain writes answers as lines.
type plain struct{ io.Writer }

func (plain) Taken() {}

func (p plain) Answer(_ int, message []byte) error {
	_, err := p.Write(append(message, '\n'))
	return err
}

func (h *harness) talkByStdio(version string) talk {
	h.t.Helper()
	in, write := io.Pipe()
	read, out := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- h.tools.ServeStdio(h.t.Context(), in, tools.Talk{To: plain{out}}) }()
	h.t.Cleanup(func() {
		write.Close()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			h.t.Error(err)
		}
	})
	lines := bufio.NewReader(read)
	k := talk{
		post: func(text string) (int, string) { fmt.Fprintln(write, text); return 0, "" },
		next: func() string {
			line, err := lines.ReadString('\n')
			if err != nil {
				h.t.Fatal(err)
			}
			return strings.TrimSpace(line)
		},
	}
	k.post(initialize(version))
	k.next()
	return k
}

const sentinel = `{"jsonrpc":"2.0","id":"the last","method":"ping"}`

func initialize(version string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":%q,"capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`, version)
}

var goWords = regexp.MustCompile(`json:|unmarshal|Go (value|struct)|invalid character|unexpected end|interface \{\}|strconv|reflect|panic`)

// TestMessagesAreTakenInEveryForm: what clients of other languages and systems
// send is answered alike on all three transports, and an error is said in words
// that are true, and not in those of Go.
func TestMessagesAreTakenInEveryForm(t *testing.T) {
	h := newHarness(t)
	ways := h.transports(t)
	call := func(arguments string) string {
		return `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"coda_list_documents","arguments":` + arguments + `}}`
	}
	request := func(method, params string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":7,"method":%q,"params":%s}`, method, params)
	}
	for _, c := range []struct{ name, text, want string }{
		{"a byte order mark", "\ufeff" + request("ping", "{}"), `"id":7,"result":{}`},
		{"a byte order mark after a blank", " \ufeff " + request("ping", "{}"), `"id":7,"result":{}`},
		{"PHP's empty params", request("tools/list", "[]"), `"tools":[`},
		{"PHP's empty arguments", call("[]"), "Product Roadmap"},
		{"PHP's empty arguments with a blank", call("[ ]"), "Product Roadmap"},
		{"no arguments", call("null"), "Product Roadmap"},
		{"PHP's empty capabilities", request("initialize", `{"protocolVersion":"2025-06-18","capabilities":[],"clientInfo":{"name":"c","version":"1"}}`), `"protocolVersion"`},
		{"PHP's empty parts of capabilities", request("initialize", `{"protocolVersion":"2025-06-18","capabilities":{"roots":[],"sampling":[],"experimental":{"x":[]}},"clientInfo":[],"_meta":[]}`), `"protocolVersion"`},
		{"PHP's empty _meta", request("ping", `{"_meta":[]}`), `"id":7,"result":{}`},
		{"PHP's empty arguments of a prompt", request("prompts/get", `{"name":"no_such","arguments":[]}`), `"error"`},
		{"arguments that are a text", call(`"x"`), "must be one JSON object"},
		{"arguments that are a list", call(`["x"]`), "must be one JSON object"},
		{"params that are a number", request("tools/call", "5"), "must be an object, not a number"},
		{"params that are a list", request("tools/list", `["x"]`), `"error"`},
		{"a name that is a number", request("tools/call", `{"name":5}`), "name must be a text, not a number"},
		{"a cursor that is an object", request("tools/list", `{"cursor":{}}`), `"error"`},
		{"an address that is a list", request("resources/read", `{"uri":["x"]}`), `"error"`},
		{"a prompt's arguments that are numbers", request("prompts/get", `{"name":"x","arguments":{"a":1}}`), `"error"`},
		{"a version that is a number", request("initialize", `{"protocolVersion":5}`), `"error"`},
		{"capabilities that are a text", request("initialize", `{"protocolVersion":"2025-06-18","capabilities":"all"}`), `"error"`},
		{"a completion of nothing", request("completion/complete", `{"ref":5,"argument":5}`), `"error"`},
		{"an unknown method", request("no/such", "{}"), `"error":{"code":-32601`},
		{"a method that is a number", `{"jsonrpc":"2.0","id":7,"method":5}`, "must be a text"},
		{"another version of JSON-RPC", `{"jsonrpc":"1.0","id":7,"method":"ping"}`, `"id":7,"error"`},
		{"no JSON", "{ping}", "not valid JSON"},
		{"a text", `"ping"`, "must be a JSON object"},
		{"an id that is an object", `{"jsonrpc":"2.0","id":{},"method":"ping"}`, "must be a text or a number"},
	} {
		for _, by := range ways {
			status, answer := by.send(t, "2025-06-18", c.text, true)
			if !strings.Contains(answer, c.want) || goWords.MatchString(answer) || !json.Valid([]byte(answer)) {
				t.Errorf("%s by %s: %d %.400s\nwant %s", c.name, by.name, status, answer, c.want)
			}
		}
	}
}

// TestANotificationIsNotAnswered: one that could not be understood was answered
// by 200 and an error that no client looks for.
func TestANotificationIsNotAnswered(t *testing.T) {
	h := newHarness(t)
	ways := h.transports(t)
	for _, text := range []string{
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized","params":"x"}`,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":[]}}`,
		`{"jsonrpc":"2.0","method":"notifications/progress","params":["x"]}`,
		`{"jsonrpc":"2.0","method":"no/such"}`,
		`{"jsonrpc":"2.0","id":null,"method":"notifications/initialized","params":5}`,
		`{"jsonrpc":"2.0","id":1,"result":{}}`,
		`{"jsonrpc":"2.0","id":1,"result":[]}`,
		`{"jsonrpc":"2.0","id":1,"result":null}`,
		`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}`,
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"what?","data":[]}}`,
		`{"id":"a","error":{"code":-1}}`,
	} {
		for _, by := range ways {
			if status, answer := by.send(t, "2025-06-18", text, false); status != 0 && status != 202 || answer != "" {
				t.Errorf("%s by %s: %d %s", text, by.name, status, answer)
			}
		}
	}
}

// TestABatchIsAnsweredWhereItExists: it was refused as "not valid json" in the
// one version that has batches, and in all others.
func TestABatchIsAnsweredWhereItExists(t *testing.T) {
	h := newHarness(t)
	ways := h.transports(t)
	ping := func(id int) string { return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"ping"}`, id) }
	note := `{"jsonrpc":"2.0","method":"notifications/initialized"}`
	var many []string
	for i := range 21 {
		many = append(many, ping(i+1))
	}
	for _, c := range []struct{ name, version, text, want string }{
		{"two requests and a notification", "2025-03-26", "[" + ping(1) + "," + note + ",\n" + listDocuments(2) + "]", `^\[\{"jsonrpc":"2.0","id":1,"result":\{\}\},\{"jsonrpc":"2.0","id":2,"result":.*Product Roadmap.*\}\]$`},
		{"one request", "2025-03-26", "\ufeff[" + ping(9007199254740993%1000) + "]", `^\[\{"jsonrpc":"2.0","id":993,"result":\{\}\}\]$`},
		{"an error among them", "2025-03-26", "[" + ping(1) + `,{"jsonrpc":"2.0","id":2,"method":"no/such"}]`, `"id":2,"error":\{"code":-32601`},
		{"notifications alone", "2025-03-26", "[" + note + "," + note + "]", `^$`},
		{"nothing", "2025-03-26", "[]", `at least one message`},
		{"what is no message", "2025-03-26", "[1]", `^\[\{"jsonrpc":"2.0","id":null,"error":\{"code":-32600,"message":"A message must be a JSON object`},
		{"what is no message, among others", "2025-03-26", "[1," + ping(2) + `,null,"x",[],{"id":3,"method":"ping"},` + ping(4) + "]",
			`^\[(\{"jsonrpc":"2.0","id":null,"error":\{"code":-32600,[^}]*\}\},)\{"jsonrpc":"2.0","id":2,"result":\{\}\},` +
				`(\{"jsonrpc":"2.0","id":null,"error":\{"code":-32600,[^}]*\}\},){2}\{"jsonrpc":"2.0","id":(null|3),"error":[^}]*\}\},` +
				`\{"jsonrpc":"2.0","id":3,"error":\{"code":-32600,"message":"A message must say[^}]*\}\},\{"jsonrpc":"2.0","id":4,"result":\{\}\}\]$`},
		{"a response and a failed one among them", "2025-03-26", "[" + `{"jsonrpc":"2.0","id":7,"result":{}},{"jsonrpc":"2.0","id":8,"error":{"code":-1,"message":"no"}},` + ping(2) + "]", `^\[\{"jsonrpc":"2.0","id":2,"result":\{\}\}\]$`},
		{"responses alone", "2025-03-26", `[{"jsonrpc":"2.0","id":8,"error":{"code":-1,"message":"no"}}]`, `^$`},
		{"more than there may be", "2025-03-26", "[" + strings.Join(many, ",") + "]", `20 messages at most`},
		{"initialize among them", "2025-03-26", "[" + initialize("2025-03-26") + "]", `"code":-32600,"message":"initialize must be sent by itself`},
		{"a later version", "2025-06-18", "[" + ping(1) + "]", `batches exist in MCP 2025-03-26 only, and this client speaks 2025-06-18`},
		{"the version after", "2025-11-25", "[" + ping(1) + "]", `this client speaks 2025-11-25`},
		{"an earlier version", "2024-11-05", "[" + ping(1) + "]", `this client speaks 2024-11-05`},
	} {
		text := strings.ReplaceAll(c.text, "\n", " ")
		for _, by := range ways {
			status, answer := by.send(t, c.version, text, c.want != "^$")
			if !regexp.MustCompile(c.want).MatchString(answer) {
				t.Errorf("%s by %s: %d %.300s\nwant %s", c.name, by.name, status, answer, c.want)
			}
		}
	}
	resp, b := h.ask("POST", "/mcp", "["+ping(1)+"]", "Authorization", "Bearer "+h.reader)
	if resp.StatusCode != 200 || !strings.HasPrefix(string(b), `[{"jsonrpc":"2.0","id":1`) {
		t.Errorf("without a version: %d %s", resp.StatusCode, b)
	}
}

// TestAByteOrderMarkBeforeARegistrationIsDropped: and before a form.
func TestAByteOrderMarkBeforeARegistrationIsDropped(t *testing.T) {
	h := newHarness(t)
	resp, b := h.ask("POST", "/register", "\ufeff"+`{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"none"}`)
	if resp.StatusCode != 201 {
		t.Errorf("%d %s", resp.StatusCode, b)
	}
	for _, bad := range []string{"{", `{"redirect_uris":5}`, `[]`, `"x"`, `{"redirect_uris":[{}]}`} {
		if resp, b := h.ask("POST", "/register", bad); resp.StatusCode != 400 || goWords.Match(b) {
			t.Errorf("%s: %d %s", bad, resp.StatusCode, b)
		}
	}
	if _, b := h.ask("POST", "/token", "\ufeffgrant_type=refresh_token&refresh_token=x&client_id="+claude); !strings.Contains(string(b), "invalid_grant") {
		t.Errorf("%s", b)
	}
}
