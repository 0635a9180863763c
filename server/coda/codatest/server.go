package codatest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxBody is the largest request the API takes.
const maxBody = 2 << 20

// Options are the settings of a Server; all may stay zero.
type Options struct {
	// Workspace is served; empty means Sample. The Server takes it over.
	Workspace Workspace
	// Knobs are the habits to begin with.
	Knobs Knobs
	// Tokens are accepted beside the constant ones, without restriction.
	Tokens []string
	// Check sees each request first; its error is answered as a 400.
	Check func(r *http.Request, body []byte) error
	// DownloadBase is where exports are downloaded, for a Server that is
	// mounted by its handlers; Start sets it.
	DownloadBase string
}

// Server is the fake. Its zero value is not usable; see New.
type Server struct {
	opt Options
	mux *http.ServeMux

	base     string
	servers  []*http.Server
	finished sync.WaitGroup

	mu        sync.Mutex // guards everything below
	knobs     Knobs
	work      Workspace
	log       []Request
	mutations map[string]*mutation
	exports   map[string]*export
	folders   []*folder
	counter   int
}

// New assembles a Server that listens nowhere yet.
func New(opt Options) *Server {
	if len(opt.Workspace.Docs) == 0 && opt.Workspace.User == (Person{}) {
		opt.Workspace = Sample()
	}
	opt.Workspace.finish()
	s := &Server{opt: opt, knobs: opt.Knobs, work: opt.Workspace,
		mutations: map[string]*mutation{}, exports: map[string]*export{}}
	s.mux = s.routes()
	return s
}

// Start listens on two ports of this computer, one for the API and one, being
// the other host, for downloads.
func (s *Server) Start() error {
	api, err := s.listen(s.Handler())
	if err != nil {
		return fmt.Errorf("codatest: start: %w", err)
	}
	files, err := s.listen(s.Downloads())
	if err != nil {
		return errors.Join(fmt.Errorf("codatest: start: %w", err), s.Close())
	}
	s.base = "http://" + api + "/apis/v1"
	s.mu.Lock()
	s.opt.DownloadBase = "http://" + files
	s.mu.Unlock()
	return nil
}

func (s *Server) listen(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, srv)
	s.finished.Go(func() { _ = srv.Serve(l) })
	return l.Addr().String(), nil
}

// URL is the REST base of a started Server, including /apis/v1.
func (s *Server) URL() string { return s.base }

// Close stops what Start began and waits for the requests in work.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	var err error
	for _, srv := range s.servers {
		if e := srv.Shutdown(ctx); e != nil {
			err = errors.Join(err, srv.Close())
		}
	}
	s.finished.Wait()
	return err
}

// request is what an operation gets to see.
type request struct {
	*http.Request
	operation string
	body      []byte
	access    access
	doc       *Doc // of the path, where there is one
}

// operation is one call of the API, run with the lock held.
type operation func(s *Server, r *request) (any, error)

// Handler serves the API below /apis/v1.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	req := &request{Request: r, body: body}
	var answer any
	status := http.StatusOK
	if errors.As(err, &tooLarge) {
		err = refuse(http.StatusBadRequest, "request entity too large")
	} else {
		err = s.check(req)
	}
	if err == nil {
		answer, status, err = s.run(req)
	}
	s.reply(w, req, status, answer, err)
}

// check lets Options.Check see a request that could belong to an operation.
func (s *Server) check(r *request) error {
	if s.opt.Check == nil {
		return nil
	}
	if err := s.opt.Check(r.Request, r.body); err != nil {
		return refuse(http.StatusBadRequest, "%s", err.Error())
	}
	return nil
}

// run finds the operation and runs it under the lock.
func (s *Server) run(r *request) (any, int, error) {
	s.mu.Lock()
	delay := s.knobs.Delay
	s.mu.Unlock()
	if delay > 0 {
		t := time.NewTimer(delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
		}
	}
	match := &matched{}
	s.mux.ServeHTTP(match, r.Request)
	r.operation = match.operation
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(time.Now())
	if err := s.habits(r); err != nil {
		return nil, 0, err
	}
	if match.run == nil {
		return nil, 0, refuse(http.StatusNotFound, "Not Found")
	}
	if err := s.authorize(r); err != nil {
		return nil, 0, err
	}
	answer, err := match.run(s, r)
	return answer, match.status, err
}

// matched is handed to the mux in place of a real writer: the route that the
// mux finds puts itself into it, and nothing is written.
type matched struct {
	operation string
	status    int
	run       operation
}

func (*matched) Header() http.Header         { return http.Header{} }
func (*matched) Write(b []byte) (int, error) { return len(b), nil }
func (*matched) WriteHeader(int)             {}

// habits are the knobs that concern any request.
func (s *Server) habits(r *request) error {
	k := &s.knobs
	switch {
	case k.Redirect != "":
		return &fault{status: http.StatusFound, header: map[string]string{"Location": k.Redirect + r.URL.RequestURI()}}
	case take(&k.Refuse):
		f := &fault{status: http.StatusTooManyRequests, message: "Too Many Requests"}
		if k.RetryAfter != "" {
			f.header = map[string]string{"Retry-After": k.RetryAfter}
		}
		return f
	case (k.FailOperation == "" || k.FailOperation == r.operation) && !take(&k.FailAfter) && take(&k.Fail):
		return &fault{status: k.FailStatus, message: cmp.Or(k.FailMessage, http.StatusText(k.FailStatus)), shape: k.FailShape}
	}
	return nil
}

// authorize checks the token and finds the doc of the path.
func (s *Server) authorize(r *request) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	r.access = s.accessOf(token)
	if !ok || !r.access.known {
		return refuse(http.StatusUnauthorized, "Unauthorized")
	}
	if r.access.readOnly && r.Method != http.MethodGet {
		return refuse(http.StatusForbidden, "This API token is restricted to reading.")
	}
	id := r.PathValue("doc")
	if id == "" {
		free := r.operation == "whoami" || r.operation == "resolveBrowserLink" || r.operation == "getMutationStatus"
		if r.access.oneDoc && !free {
			return refuse(http.StatusForbidden, "This API token is restricted to a single doc.")
		}
		return nil
	}
	r.doc = find(s.work.Docs, func(d *Doc) bool { return d.ID == id })
	switch {
	case r.access.oneDoc && (len(s.work.Docs) == 0 || s.work.Docs[0] != r.doc):
		return refuse(http.StatusForbidden, "This API token does not have access to the doc.")
	case r.doc == nil:
		return refuse(http.StatusNotFound, "Could not find a doc with the specified ID.")
	case r.doc.OverLimit && r.operation != "getDoc":
		return refuse(http.StatusBadRequest, "This doc is too large to be accessed through the API.")
	}
	return s.docVersion(r)
}

// docVersion is the header that asks for nothing but the newest.
func (s *Server) docVersion(r *request) error {
	v := r.Header.Get("X-Coda-Doc-Version")
	switch {
	case v == "":
		return nil
	case v != "latest":
		return refuse(http.StatusBadRequest, "Invalid X-Coda-Doc-Version header.")
	case s.knobs.NotUpToDate || s.pendingIn(r.doc):
		return refuse(http.StatusBadRequest, "Doc is not yet up to date.")
	}
	return nil
}

// reply writes an answer or a fault, and the log.
func (s *Server) reply(w http.ResponseWriter, r *request, status int, answer any, err error) {
	var f *fault
	if errors.As(err, &f) {
		status, answer = f.status, f.body()
		for k, v := range f.header {
			w.Header().Set(k, v)
		}
	}
	s.mu.Lock()
	s.record(Request{Operation: r.operation, Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		Header: r.Header.Clone(), Body: r.body[:min(len(r.body), 64<<10)], Status: status})
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}
