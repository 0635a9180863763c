package door

import (
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"codabridge/assets"
	"codabridge/server/fault"
)

// PagePolicy is the Content-Security-Policy of all pages, the owner's included.
// It has no form-action: browsers apply that to the redirect that ends the flow
// and to the one after a form as well.
const PagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"

// pages are the templates of both doors, parsed when the first is shown: stdio
// mode shows none.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"ago": agoTag, "clock": clockTag, "join": strings.Join, "host": hostOf, "sink": func(high float64) float64 { return 100 - high },
		"size": sizeOf, "took": took, "bytes": bytesOf, "thousands": thousands, "typed": fault.Typed,
	}).ParseFS(assets.Files, "pages/*.html"))
})

// Render makes a page, or a part of one, from the template of this name. Marks
// that turn the order of letters around are shown as what they are: names come
// from outside, and no template has to think of it.
func Render(name string, data any) (string, error) {
	var b strings.Builder
	err := pages().ExecuteTemplate(&b, name, data)
	return turning.Replace(b.String()), err
}

// Part is Render for what is put into another template as it is.
func Part(name string, data any) (template.HTML, error) {
	html, err := Render(name, data)
	return template.HTML(html), err // it comes from a template
}

// WritePage answers with a page.
func (f *Frame) WritePage(w http.ResponseWriter, status int, name string, data any) {
	page, err := Render(name, data)
	if err != nil {
		f.log.Error("server: render page", "page", name, "err", err)
		WriteError(w, http.StatusInternalServerError, "server_error", "The page could not be made; the log has the details.")
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", PagePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	w.Write([]byte(page))
}

// ServeStatic serves one of the embedded files that the route table names.
func ServeStatic(w http.ResponseWriter, req *http.Request) {
	name := strings.TrimPrefix(req.URL.Path, "/")
	if name == "static/icon.png" {
		name = "icons/codabridge.png"
	}
	b, err := fs.ReadFile(assets.Files, name)
	if err != nil {
		http.NotFound(w, req)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "max-age=300")
	w.Write(b)
}

// ServeIcon serves the icon that browsers ask for unbidden.
func ServeIcon(w http.ResponseWriter, req *http.Request) {
	req.URL.Path = "/static/icon.png"
	ServeStatic(w, req)
}

// ServeHealth says that the door is open.
func ServeHealth(w http.ResponseWriter, _ *http.Request) {
	WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// AsksDeep tells whether a request asks how all that is behind the door does.
func AsksDeep(req *http.Request) bool {
	deep := req.URL.Query().Get("deep")
	return deep == "1" || deep == "true"
}

func hostOf(link string) string {
	if u, err := url.Parse(link); err == nil && u.Host != "" {
		return u.Host
	}
	return link
}

// took says milliseconds as people do.
func took(ms float64) string {
	if ms < 10_000 {
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.0f s", ms/1000)
}

// sizeOf says bytes as people do.
func sizeOf(bytes int) string {
	if bytes < 1000 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f KB", float64(bytes)/1000)
}

// bytesOf says a larger number of bytes as people do.
func bytesOf(n int64) string {
	switch {
	case n < 1_000_000:
		return sizeOf(int(n))
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e9), ".0") + " GB"
}

// thousands parts a number's digits: 20,000.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
