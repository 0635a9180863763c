//go:build !race

// Tests whose cost is the size of what goes through them. They run without the
// race detector, which makes them ten times slower and finds nothing in them:
// each has one caller.

package server

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

// TestWhatWasSentIsNotSaidBackWhole: a method name of 1 MB came back in the
// error, and so did other names.
func TestWhatWasSentIsNotSaidBackWhole(t *testing.T) {
	h := newHarness(t)
	ways := h.transports(t)
	long := strings.Repeat("é", 100_000)
	for name, text := range map[string]string{
		"a method":             `{"jsonrpc":"2.0","id":1,"method":"` + long + `"}`,
		"a tool":               `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + long + `"}}`,
		"a tool with Go words": `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + long + `","arguments":5}}`,
		"an address":           `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"` + long + `"}}`,
		"a prompt":             `{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"` + long + `"}}`,
		"a version":            `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"` + long + `","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`,
		"an id":                `{"jsonrpc":"2.0","id":"` + long + `","method":"ping"}`,
		"an id of digits":      `{"jsonrpc":"2.0","id":` + strings.Repeat("9", 100_000) + `,"method":"ping"}`,
		"a level":              `{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"` + long + `"}}`,
		"a cursor":             `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"` + long + `"}}`,
		"a document":           `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_get_document","arguments":{"document":"` + long + `"}}}`,
		"an argument":          `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{"` + long + `":1}}}`,
	} {
		for _, by := range ways {
			status, answer := by.send(t, "2025-06-18", text, true)
			if len(answer) > 32<<10 || strings.Contains(answer, strings.Repeat("é", 1000)) || !json.Valid([]byte(answer)) {
				t.Errorf("%s by %s: %d, %d bytes: %.300s", name, by.name, status, len(answer), answer)
			}
		}
	}
}

// TestHugeAndOddBodiesAreTheProtocolsErrors sends what breaks decoders, with a
// valid token, and works on.
func TestHugeAndOddBodiesAreTheProtocolsErrors(t *testing.T) {
	h := newHarness(t)
	h.ping(h.writer)
	memory, goroutines := used(), runtime.NumGoroutine()
	ping := `"jsonrpc":"2.0","id":1,"method":"ping"`
	for name, c := range map[string]struct {
		body string
		most int // status
	}{
		"10 MB":                         {strings.Repeat("x", 10<<20), 413},
		"10 MB of JSON":                 {`{"jsonrpc":"2.0","id":1,"method":"` + strings.Repeat("a", 10<<20) + `"}`, 413},
		"a million brackets":            {strings.Repeat("[", 1<<20), 400},
		"a million objects":             {strings.Repeat(`{"a":`, 1<<19), 400},
		"deep arguments":                {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}}}`, 400},
		"a key a hundred thousand ×":    {"{" + strings.Repeat(ping+",", 50_000) + ping + "}", 200},
		"two methods":                   {`{` + ping + `,"method":"no/such"}`, 400},
		"a method in capitals":          {`{` + ping + `,"METHOD":"no/such"}`, 400},
		"invalid UTF-8":                 {"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\xfe\",\"method\":\"ping\"}", 400},
		"half a surrogate":              {`{"jsonrpc":"2.0","id":"\ud800","method":"ping"}`, 200},
		"a number without end":          {`{"jsonrpc":"2.0","id":` + strings.Repeat("9", 100_000) + `,"method":"ping"}`, 400},
		"an id that is an object":       {`{"jsonrpc":"2.0","id":{},"method":"ping"}`, 400},
		"NUL bytes":                     {strings.Repeat("\x00", 1000), 400},
		"a batch of a hundred thousand": {"[" + strings.Repeat("{"+ping+"},", 100_000) + "{" + ping + "}]", 400},
	} {
		resp, b := h.ask("POST", "/mcp", c.body, "Authorization", "Bearer "+h.writer)
		if resp.StatusCode > c.most || resp.StatusCode/100 == 3 || len(b) > 64<<10 {
			t.Errorf("%s: %d, %d bytes", name, resp.StatusCode, len(b))
		}
		if status := h.ping(h.writer); status != 200 {
			t.Errorf("after %s: %d", name, status)
		}
	}
	settles(t, goroutines)
	grown := used() - memory
	if grown > 8<<20 {
		t.Errorf("%d KiB were not given back", grown>>10)
	}
	t.Logf("heap %+d KiB afterwards", grown>>10)
}
