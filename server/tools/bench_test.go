package tools_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/tools"
)

// bare makes a request of the API without anything of ours between.
func (r *harness) bare(b *testing.B, method, path, body string) []byte {
	b.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = r.fake.URL() + path
	}
	req, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	if address != path {
		req.Header.Set("Authorization", "Bearer "+codatest.Token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := r.http.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		b.Fatal(err)
	}
	if resp.StatusCode >= 300 {
		b.Fatalf("%s %s: %d", method, path, resp.StatusCode)
	}
	return got
}

// bareExport is what it takes to read a page as Markdown: begin, ask, fetch.
func (r *harness) bareExport(b *testing.B) {
	b.Helper()
	var at struct{ ID, DownloadLink string }
	path := "/docs/" + planDoc + "/pages/" + overviewPage + "/export"
	if err := json.Unmarshal(r.bare(b, "POST", path, `{"outputFormat":"markdown"}`), &at); err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(r.bare(b, "GET", path+"/"+at.ID, ""), &at); err != nil {
		b.Fatal(err)
	}
	r.bare(b, "GET", at.DownloadLink, "")
}

// raw is one tool call as bytes, without the checks of call.
func (r *harness) raw(b *testing.B, tool string, args object) []byte {
	b.Helper()
	_, answer, err := r.post(b.Context(), object{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": object{"name": tool, "arguments": args}}, nil)
	if err != nil || strings.Contains(string(answer), `"isError":true`) {
		b.Fatalf("%s: %v %.300s", tool, err, answer)
	}
	return answer
}

// BenchmarkCall compares tool calls with the upstream requests that they
// make, in turns, over loopback and with warm connections.
func BenchmarkCall(b *testing.B) {
	r := newHarness(b, full, func(s *settings) { s.fake.Check = func(*http.Request, []byte) error { return nil } })
	rows := func(n int) (upsert object, body string) {
		list, cells := bulk(1000, 20), make([]string, 1000)
		for i, row := range list {
			row["Column 8"] = fmt.Sprintf("round %d", n)
			cells[i] = fmt.Sprintf(`{"cells":[{"column":"c-wide00","value":%q},{"column":"c-wide07","value":%q}]}`, row["Column 1"], row["Column 8"])
		}
		return object{"document": planDoc, "table": wideTable, "rows": list, "key_columns": []string{"Column 1"}},
			`{"rows":[` + strings.Join(cells, ",") + `],"keyColumns":["c-wide00"]}`
	}
	table := "/docs/" + planDoc + "/tables/" + wideTable + "/rows"
	for _, k := range []struct {
		name string
		bare func(n int)
		tool func(n int) []byte
	}{
		{"list-docs", func(int) { r.bare(b, "GET", "/docs?limit=50", "") },
			func(int) []byte { return r.raw(b, "coda_list_documents", object{}) }},
		{"list-pages", func(int) { r.bare(b, "GET", "/docs/"+planDoc+"/pages?limit=100", "") },
			func(int) []byte { return r.raw(b, "coda_list_pages", object{"document": planDoc}) }},
		{"get-page", func(int) { r.bareExport(b) },
			func(int) []byte { return r.raw(b, "coda_get_page", object{"document": planDoc, "page": overviewPage}) }},
		{"100-rows", func(int) { r.bare(b, "GET", table+"?limit=100&valueFormat=rich", "") },
			func(int) []byte {
				return r.raw(b, "coda_list_rows", object{"document": planDoc, "table": wideTable, "limit": 100})
			}},
		{"upsert-1000", func(n int) { _, body := rows(-n); r.bare(b, "POST", table, body) },
			func(n int) []byte { args, _ := rows(n + 1); return r.raw(b, "coda_upsert_rows", args) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			k.bare(0)
			k.tool(-1)
			r.fake.ClearLog()
			bytes := len(k.tool(1 << 20))
			requests := r.fake.Count("")
			var upstream, whole time.Duration
			n := 0
			for b.Loop() {
				n++
				start := time.Now()
				k.bare(n)
				between := time.Now()
				k.tool(n)
				upstream += between.Sub(start)
				whole += time.Since(between)
			}
			b.ReportMetric(float64(whole)/float64(upstream), "x-upstream")
			b.ReportMetric((whole-upstream).Seconds()*1000/float64(n), "ms-over-upstream")
			b.ReportMetric(float64(bytes), "bytes")
			b.ReportMetric(float64(requests), "requests")
		})
	}
}

// BenchmarkSizes reports what a model has to read.
func BenchmarkSizes(b *testing.B) {
	for b.Loop() { // nothing to time: the sizes are the result
	}
	for _, name := range []string{tools.CoreTools, tools.FullTools} {
		r := newHarness(b, with(tools.Toolset{Name: name}))
		_, list, err := r.post(b.Context(), object{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(list)), "bytes-tools/list-"+name)
		if name == tools.FullTools {
			schema := r.call("coda_get_document_schema", object{"document": planDoc}).ok(nil)
			b.ReportMetric(float64(len(schema.text)), "bytes-schema")
			rows := r.call("coda_list_rows", object{"document": planDoc, "table": "Wide", "limit": 100}).ok(nil)
			b.ReportMetric(float64(len(rows.text)), "bytes-100x12-rows")
		}
	}
}
