package coda_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
)

// bench starts a fake without the check, so that only the call is measured.
func bench(b *testing.B, opt codatest.Options) (*coda.Client, *codatest.Server, *http.Client) {
	b.Helper()
	s := codatest.New(opt)
	if err := s.Start(); err != nil {
		b.Fatal(err)
	}
	h := &http.Client{Transport: &http.Transport{}}
	b.Cleanup(func() { h.CloseIdleConnections(); _ = s.Close() })
	return coda.New(coda.Options{Base: s.URL, HTTP: h, Limits: coda.NoLimits(),
		Token: func() (string, error) { return codatest.Token, nil }}), s, h
}

// bare is the upstream request alone, without a client of ours.
func bare(b *testing.B, h *http.Client, url string) time.Duration {
	b.Helper()
	start := time.Now()
	req, _ := http.NewRequest(http.MethodGet, url, nil)
	req.Header.Set("Authorization", "Bearer "+codatest.Token)
	resp, err := h.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return time.Since(start)
}

// BenchmarkCallOverBareRequest reports what a call costs beside the upstream
// request that it makes, taken in turns so that both see the same machine.
func BenchmarkCallOverBareRequest(b *testing.B) {
	for _, k := range []struct {
		name, path string
		call       func(context.Context, *coda.Client, string) error
	}{
		{"whoami", "/whoami", func(ctx context.Context, c *coda.Client, _ string) error { _, err := c.WhoAmI(ctx); return err }},
		{"100 rows", "/tables/Tasks/rows?limit=100", func(ctx context.Context, c *coda.Client, doc string) error {
			_, err := c.ListRows(ctx, doc, "Tasks", coda.RowQuery{Limit: 100})
			return err
		}},
	} {
		b.Run(k.name, func(b *testing.B) {
			c, s, h := bench(b, codatest.Options{})
			docs, err := c.ListDocs(b.Context(), coda.DocQuery{Query: "roadmap"})
			if err != nil {
				b.Fatal(err)
			}
			doc, url := docs.Items[0].ID, s.URL()+k.path
			if k.path != "/whoami" {
				url = s.URL() + "/docs/" + doc + k.path
			}
			var ours, theirs time.Duration
			for b.Loop() {
				theirs += bare(b, h, url)
				start := time.Now()
				if err := k.call(b.Context(), c, doc); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(start)
			}
			b.ReportMetric(float64(ours)/float64(theirs), "ratio-to-bare")
			b.ReportMetric(float64((ours-theirs).Microseconds())/float64(b.N), "us-over-bare")
		})
	}
}

// BenchmarkExport reports how late we hand out a page after the service has
// it, for exports that take the service as long as the name says.
func BenchmarkExport(b *testing.B) {
	for _, takes := range []time.Duration{100 * time.Millisecond, 600 * time.Millisecond, 2 * time.Second} {
		b.Run(takes.String(), func(b *testing.B) {
			c, _, _ := bench(b, codatest.Options{Knobs: codatest.Knobs{ExportAfter: takes}})
			docs, err := c.ListDocs(b.Context(), coda.DocQuery{Query: "roadmap"})
			if err != nil {
				b.Fatal(err)
			}
			var late time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := c.ExportPage(b.Context(), docs.Items[0].ID, "Overview", coda.Markdown); err != nil {
					b.Fatal(err)
				}
				late += time.Since(start) - takes
			}
			b.ReportMetric(float64(late.Milliseconds())/float64(b.N), "ms-late")
		})
	}
}
