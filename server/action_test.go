package server

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"codabridge/assets"
	"codabridge/server/owner/ownertest"
	"io/fs"
	"regexp"
)

// act posts a form to the owner's door, as the page does.
func (h *harness) act(path string, form url.Values) (status int, body string) {
	h.t.Helper()
	status, body, err := h.session.Post(ownertest.Handler(h.owner), path, form)
	if err != nil {
		h.t.Fatal(err)
	}
	return status, body
}

// TestAnActionTakesItsOwnFieldsOnly: a switch that was misspelt counted as
// off, which for read-only is the dangerous way.
func TestAnActionTakesItsOwnFieldsOnly(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct {
		path, form, want string
	}{
		{"/read-only", "", "Say true or false for on"},
		{"/read-only", "on=yes", "Say true or false for on"},
		{"/read-only", "on=true&on=false", "takes on once"},
		{"/read-only", "on=true&of=false", `takes no "of"`},
		{"/approve", "code=AAAAAA&write=1", "Say true or false for write"},
		{"/index/pause", "paused=true", `takes no "paused"`},
		{"/deny?code=AAAAAA", "", "No request waits"}, // an address is not read
	} {
		form, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := h.act(c.path, form); status != 422 || !strings.Contains(strings.ReplaceAll(body, `\"`, `"`), c.want) {
			t.Errorf("%s %s: %d %s, want %s", c.path, c.form, status, body, c.want)
		}
	}
}

// TestEveryFormOfThePageIsAnAction: a form that posts to an action, or a field
// of it, that does not exist would fail only when somebody presses its button.
func TestEveryFormOfThePageIsAnAction(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	fields := map[string][]string{}
	for _, a := range h.server.Actions() {
		for _, f := range a.Fields {
			fields["/"+a.Name] = append(fields["/"+a.Name], f.Name)
		}
		if len(a.Fields) == 0 {
			fields["/"+a.Name] = nil
		}
	}
	forms := 0
	pages, err := fs.Glob(assets.Files, "pages/owner_*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		b, err := fs.ReadFile(assets.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range regexp.MustCompile(`(?s)<form data-post="([^"]+)".*?</form>`).FindAllSubmatch(b, -1) {
			forms++
			takes, known := fields[string(form[1])]
			if !known {
				t.Errorf("%s: %s is no action", name, form[1])
			}
			for _, field := range regexp.MustCompile(`\sname="([^"]+)"`).FindAllSubmatch(form[0], -1) {
				if !slices.Contains(takes, string(field[1])) {
					t.Errorf("%s: %s takes no %s", name, form[1], field[1])
				}
			}
		}
	}
	if forms < 20 {
		t.Errorf("only %d forms were found", forms)
	}
}
