// Package codaspec holds requests and answers of the fake Coda against the
// vendor's own API description, so that the fake does not merely fit our own
// client. Only tests import it.
//
// # Decisions
//
// The description is not ours to copy, so it is read from beside the checkout
// (../shared/coda/openapi.yaml, seen from the module root). Where that file is
// missing there is no check, and the tests run as well as they can.
//
// Loading takes a sixth of a second, so it happens once a process, when the first
// request is checked.
package codaspec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"codabridge/server/coda/codatest"
)

// prefix is where the fake serves what the description has at its root.
const prefix = "/apis/v1"

// load reads the description once; a nil router means there is no file.
var load = sync.OnceValues(func() (routers.Router, error) {
	path := Path()
	if path == "" {
		return nil, nil
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("codaspec: load: %w", err)
	}
	doc.Servers = nil // the router takes paths as the description writes them
	mend(doc)
	// The official examples do not fit their own schemas.
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
	if err != nil {
		return nil, fmt.Errorf("codaspec: load: %w", err)
	}
	return router, nil
})

// Path is the description's place, or empty when there is none.
func Path() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(filepath.Dir(dir), "shared", "coda", "openapi.yaml")
			if _, err := os.Stat(path); err != nil {
				return ""
			}
			return path
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		return ""
	}
}

// Request checks one request that was made to the fake.
func Request(r *http.Request, body []byte) error {
	_, err := input(r, body)
	return err
}

func options() *openapi3filter.Options {
	return &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, // the fake checks tokens itself
		MultiError:         true,
	}
}

// input validates a request and gives what its answer is checked with; nil
// where there is no description.
func input(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	router, err := load()
	if router == nil || err != nil {
		return nil, err
	}
	// The router compares escaped paths with a pattern of one segment a name.
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), prefix)
	if !ok {
		return nil, fmt.Errorf("%s is not below %s", r.URL.Path, prefix)
	}
	at := &url.URL{Scheme: "http", Host: r.Host, Path: path, RawQuery: r.URL.RawQuery}
	copied := r.Clone(context.WithoutCancel(r.Context()))
	copied.URL, copied.Body = at, io.NopCloser(bytes.NewReader(body))
	route, params, err := router.FindRoute(copied)
	if err != nil {
		return nil, fmt.Errorf("%s %s is no operation of the API: %w", r.Method, r.URL.Path, err)
	}
	for name, v := range params {
		params[name], err = url.PathUnescape(v)
		if err != nil {
			return nil, fmt.Errorf("%s %s: path: %w", r.Method, r.URL.Path, err)
		}
	}
	in := &openapi3filter.RequestValidationInput{Request: copied, PathParams: params, Route: route, Options: options()}
	if err := unknownQuery(route, r.URL.Query()); err != nil {
		return nil, err
	}
	if err := openapi3filter.ValidateRequest(copied.Context(), in); err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	return in, nil
}

// unknownQuery finds parameters that the operation does not have; the library
// lets them pass.
func unknownQuery(route *routers.Route, query url.Values) error {
	known := map[string]bool{}
	for _, list := range []openapi3.Parameters{route.PathItem.Parameters, route.Operation.Parameters} {
		for _, p := range list {
			if p.Value != nil && p.Value.In == "query" {
				known[p.Value.Name] = true
			}
		}
	}
	for name := range query {
		if !known[name] {
			return fmt.Errorf("%s has no parameter %q", route.Operation.OperationID, name)
		}
	}
	if query.Get("pageToken") != "" && len(query) > 1 {
		return fmt.Errorf("%s: other parameters beside a page token are ignored by the service", route.Operation.OperationID)
	}
	return nil
}

// Response checks the answer that a request got.
func Response(r *http.Request, body []byte, status int, header http.Header, answer []byte) error {
	in, err := input(r, body)
	if in == nil || err != nil {
		return err
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: status, Header: header,
		Body: io.NopCloser(bytes.NewReader(answer)), Options: options()}
	out.Options.IncludeResponseStatus = true
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		return fmt.Errorf("answer to %s %s: %w", r.Method, r.URL.Path, err)
	}
	return nil
}

// Check gives the function for codatest.Options.Check that reports every
// request outside the description as an error of the test.
func Check(t testing.TB) func(*http.Request, []byte) error {
	return func(r *http.Request, body []byte) error {
		err := Request(r, body)
		if err != nil {
			t.Errorf("request against the API description: %v", shorten(err))
		}
		return err
	}
}

// shorten leaves out the schema that the library prints behind each finding.
func shorten(err error) error {
	text, _, cut := strings.Cut(err.Error(), "\nSchema:")
	if !cut {
		return err
	}
	return errors.New(text)
}

// Start runs a fake with the check on until the test ends.
func Start(t testing.TB, opt codatest.Options) *codatest.Server {
	t.Helper()
	if opt.Check == nil {
		opt.Check = Check(t)
	}
	s := codatest.New(opt)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the fake: %v", err)
		}
	})
	return s
}
