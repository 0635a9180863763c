package tools_test

import (
	"io"
	"net/http"
	"testing"

	"codabridge/server/coda/codatest"
)

// BenchmarkCall compares a tool call with the one upstream request it makes,
// both over loopback and with warm connections.
func BenchmarkCall(b *testing.B) {
	r := newRig(b, func(s *settings) { s.fake.Check = func(*http.Request, []byte) error { return nil } })
	bare := func() {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, r.fake.URL()+"/docs/"+planDoc+"/pages?limit=100", nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+codatest.Token)
		resp, err := r.http.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	call := object{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": object{"name": "coda_list_pages", "arguments": object{"document": planDoc}}}
	tool := func() {
		if _, _, err := r.post(b.Context(), call, nil); err != nil {
			b.Fatal(err)
		}
	}
	tool()
	var upstream, whole float64
	b.Run("upstream", func(b *testing.B) {
		for b.Loop() {
			bare()
		}
		upstream = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	})
	b.Run("tool", func(b *testing.B) {
		for b.Loop() {
			tool()
		}
		whole = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
		b.ReportMetric(whole/upstream, "x-upstream")
		b.ReportMetric((whole-upstream)/1e6, "ms-over-upstream")
	})
}

// BenchmarkSizes reports what a model has to read.
func BenchmarkSizes(b *testing.B) {
	r := newRig(b)
	_, list, err := r.post(b.Context(), object{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	rows := r.call("coda_list_rows", object{"document": planDoc, "table": "Wide", "limit": 100}).ok(nil)
	for b.Loop() { // nothing to time: the sizes are the result
	}
	b.ReportMetric(float64(len(list)), "bytes-tools/list")
	b.ReportMetric(float64(len(rows.text)), "bytes-100x12-rows")
}
