package desktest

import (
	"html"
	"net/url"
	"os"
	"strings"
	"testing"
)

// LinkIn is where the page leads that a browser was started with. It fails the
// test when another user of the computer could know that: by the browser's
// arguments, or by reading the file.
func LinkIn(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" || strings.Contains(address, "key=") {
		t.Fatalf("the browser was started with %q", address)
	}
	info, err := os.Stat(u.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v: others may read the link", info, err)
	}
	b, err := os.ReadFile(u.Path)
	_, rest, found := strings.Cut(string(b), `content="0; url=`)
	link, _, _ := strings.Cut(rest, `"`)
	if err != nil || !found {
		t.Fatalf("%v %s", err, b)
	}
	return html.UnescapeString(link)
}
