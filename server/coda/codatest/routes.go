package codatest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// route is one operation: its name is the API's.
type route struct {
	name, pattern string
	status        int
	run           operation
}

// docRoutes are the operations on docs, pages and tables.
var docRoutes = []route{
	{"whoami", "GET /whoami", 200, (*Server).whoami},
	{"resolveBrowserLink", "GET /resolveBrowserLink", 200, (*Server).resolveBrowserLink},
	{"getMutationStatus", "GET /mutationStatus/{request}", 200, (*Server).getMutationStatus},
	{"listDocs", "GET /docs", 200, (*Server).listDocs},
	{"getDoc", "GET /docs/{doc}", 200, (*Server).getDoc},
	{"listPages", "GET /docs/{doc}/pages", 200, (*Server).listPages},
	{"createPage", "POST /docs/{doc}/pages", 202, (*Server).createPage},
	{"getPage", "GET /docs/{doc}/pages/{page}", 200, (*Server).getPage},
	{"updatePage", "PUT /docs/{doc}/pages/{page}", 202, (*Server).updatePage},
	{"listPageContent", "GET /docs/{doc}/pages/{page}/content", 200, (*Server).listPageContent},
	{"beginPageContentExport", "POST /docs/{doc}/pages/{page}/export", 202, (*Server).beginExport},
	{"getPageContentExportStatus", "GET /docs/{doc}/pages/{page}/export/{request}", 200, (*Server).exportStatus},
	{"listTables", "GET /docs/{doc}/tables", 200, (*Server).listTables},
	{"getTable", "GET /docs/{doc}/tables/{table}", 200, (*Server).getTable},
	{"listColumns", "GET /docs/{doc}/tables/{table}/columns", 200, (*Server).listColumns},
	{"listRows", "GET /docs/{doc}/tables/{table}/rows", 200, (*Server).listRows},
	{"upsertRows", "POST /docs/{doc}/tables/{table}/rows", 202, (*Server).upsertRows},
	{"deleteRows", "DELETE /docs/{doc}/tables/{table}/rows", 202, (*Server).deleteRows},
	{"getRow", "GET /docs/{doc}/tables/{table}/rows/{row}", 200, (*Server).getRow},
	{"updateRow", "PUT /docs/{doc}/tables/{table}/rows/{row}", 202, (*Server).updateRow},
	{"pushButton", "POST /docs/{doc}/tables/{table}/rows/{row}/buttons/{column}", 202, (*Server).pushButton},
}

// routes makes a mux of both tables of operations.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, o := range append(slices.Clone(docRoutes), moreRoutes...) {
		method, path, _ := cut(o.pattern)
		mux.HandleFunc(method+" /apis/v1"+path, func(w http.ResponseWriter, _ *http.Request) {
			if m, ok := w.(*matched); ok {
				*m = matched{operation: o.name, status: o.status, run: o.run}
			}
		})
	}
	return mux
}

func cut(pattern string) (method, path string, ok bool) {
	for i := range pattern {
		if pattern[i] == ' ' {
			return pattern[:i], pattern[i+1:], true
		}
	}
	return "", pattern, false
}

// cursor is what a page token holds. Everything else that a request says
// beside a page token is ignored, as the real service does.
type cursor struct {
	path   string
	query  url.Values
	offset int
	limit  int
}

// cursorOf reads the page token, or else the parameters.
func (s *Server) cursorOf(r *request, def, clamp int) (cursor, error) {
	q := r.URL.Query()
	if token := q.Get("pageToken"); token != "" {
		b, err := decodeToken(token)
		v, err2 := url.ParseQuery(string(b))
		if err != nil || err2 != nil || v.Get("!path") != r.URL.Path {
			return cursor{}, refuse(http.StatusBadRequest, "Invalid pageToken.")
		}
		offset, _ := strconv.Atoi(v.Get("!offset"))
		limit, _ := strconv.Atoi(v.Get("!limit"))
		return cursor{path: r.URL.Path, query: v, offset: offset, limit: limit}, nil
	}
	limit := def
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return cursor{}, &fault{status: http.StatusBadRequest, message: "limit must be a positive integer", shape: ShapeSchema}
		}
		limit = n
	}
	return cursor{path: r.URL.Path, query: q, limit: min(limit, clamp)}, nil
}

// paged cuts one page out of items and makes the answer of a list.
func paged[T any](s *Server, c cursor, items []T, show func(T) map[string]any) map[string]any {
	from := min(c.offset, len(items))
	to := min(from+c.limit, len(items))
	shown := make([]map[string]any, 0, to-from)
	for _, it := range items[from:to] {
		m := show(it)
		if s.knobs.Odd {
			m["futureField"] = map[string]any{"nested": []any{1, "two", nil}}
			delete(m, "updatedAt")
			delete(m, "icon")
		}
		shown = append(shown, m)
	}
	out := map[string]any{"items": shown, "href": s.href(c.path)}
	if to < len(items) {
		v := url.Values{}
		for k, vals := range c.query {
			v[k] = vals
		}
		v.Set("!path", c.path)
		v.Set("!offset", strconv.Itoa(to))
		v.Set("!limit", strconv.Itoa(c.limit))
		token := encodeToken([]byte(v.Encode()))
		out["nextPageToken"] = token
		out["nextPageLink"] = s.href(c.path) + "?pageToken=" + token
	}
	return out
}

// clampLists is the silent maximum of lists other than rows and content.
func (s *Server) clampLists() int {
	if s.knobs.ClampLists > 0 {
		return s.knobs.ClampLists
	}
	return 100
}
