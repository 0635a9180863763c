package codatest

import (
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// export is one export of a page in work.
type export struct {
	id, page, format string
	polls, missing   int
	text             string
	begun            time.Time
}

func (s *Server) beginExport(r *request) (any, error) {
	p, err := s.findPage(r)
	if err != nil {
		return nil, err
	}
	if p.Kind != "canvas" {
		return nil, refuse(http.StatusBadRequest, "Only canvas pages can be exported.")
	}
	var in struct{ OutputFormat string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	e := &export{page: p.ID, format: in.OutputFormat, missing: s.knobs.ExportNotFound, begun: time.Now()}
	switch in.OutputFormat {
	case "markdown":
		e.text = r.doc.markdown(p)
	case "html":
		e.text = r.doc.html(p)
	default:
		return nil, &fault{status: http.StatusBadRequest, message: "outputFormat must be html or markdown", shape: ShapeSchema}
	}
	s.counter++
	e.id = fmt.Sprintf("export-%s-%d", makeID("export", p.ID), s.counter)
	if len(s.exports) >= 1000 { // a demo may run for weeks
		clear(s.exports)
	}
	s.exports[e.id] = e
	return s.showExport(r, e, "inProgress"), nil
}

func (s *Server) showExport(r *request, e *export, status string) map[string]any {
	return map[string]any{"id": e.id, "status": status, "href": s.api("/docs/" + r.doc.ID + "/pages/" + e.page + "/export/" + e.id)}
}

func (s *Server) exportStatus(r *request) (any, error) {
	e := s.exports[r.PathValue("request")]
	if e != nil && e.missing > 0 {
		e.missing--
		e = nil
	}
	if e == nil {
		return nil, refuse(http.StatusNotFound, "Could not find the export with the specified ID.")
	}
	if s.knobs.ExportGone {
		return nil, refuse(http.StatusGone, "The export has been deleted.")
	}
	e.polls++
	if e.polls <= s.knobs.ExportPolls || time.Since(e.begun) < s.knobs.ExportAfter {
		return s.showExport(r, e, "inProgress"), nil
	}
	if s.knobs.ExportError != "" {
		out := s.showExport(r, e, "failed")
		out["error"] = s.knobs.ExportError
		return out, nil
	}
	s.counter++
	out := s.showExport(r, e, "complete")
	out["downloadLink"] = fmt.Sprintf("%s/blobs/%s?X-Amz-Signature=%d", s.opt.DownloadBase, e.id, s.counter)
	return out, nil
}

// Downloads serves the exported files, as a storage of another company does:
// it takes the permission in the link and refuses a second one.
func (s *Server) Downloads() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := strings.TrimPrefix(r.URL.Path, "/blobs/")
		s.mu.Lock()
		defer s.mu.Unlock()
		status := http.StatusOK
		e := s.exports[id]
		switch {
		case r.Header.Get("Authorization") != "":
			status = http.StatusBadRequest
			storageError(w, status, "InvalidArgument", "Only one auth mechanism allowed")
		case e == nil:
			status = http.StatusNotFound
			storageError(w, status, "NoSuchKey", "The specified key does not exist.")
		case take(&s.knobs.ExpireLinks):
			if !s.knobs.ExpireAs200 {
				status = http.StatusForbidden
			}
			storageError(w, status, "AccessDenied", "Request has expired")
		default:
			sendGzip(w, e.text)
		}
		s.record(Request{Operation: "downloadExport", Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Status: status})
	})
}

// sendGzip compresses whether it was asked to or not: so the files are stored.
func sendGzip(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
}

func storageError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: code, Message: message})
}
