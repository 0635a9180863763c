package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	paperLink = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	paperName = regexp.MustCompile("`([a-z_.]+(?:/[A-Za-z0-9_.*-]+)+/?|[a-z_]+\\.go)`")
)

// TestThePapersNameWhatIsThere: a paper that sends a newcomer to a file that
// has moved is worse than none.
func TestThePapersNameWhatIsThere(t *testing.T) {
	top := filepath.Join("..", "..")
	for _, paper := range []string{"README.md", ".github/ARCHITECTURE.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"} {
		b, err := os.ReadFile(filepath.Join(top, paper))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range paperLink.FindAllStringSubmatch(string(b), -1) {
			if !exists(t, top, filepath.Dir(paper), m[1]) {
				t.Errorf("%s leads to %s, which is not there", paper, m[1])
			}
		}
		if paper == "README.md" {
			continue
		}
		for _, m := range paperName.FindAllStringSubmatch(string(b), -1) {
			if !isInHouse(t, top, m[1]) {
				t.Errorf("%s names %s, which is not there", paper, m[1])
			}
		}
	}
}

// isInHouse tells whether there is such a path, or a file of that name.
func isInHouse(t *testing.T, top, name string) bool {
	t.Helper()
	for _, beside := range []string{"", "server", "server/tools", "server/oauth", "server/owner", "cmd/codabridge", "app"} {
		found, err := filepath.Glob(filepath.Join(top, beside, filepath.FromSlash(strings.TrimSuffix(name, "/"))))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			return true
		}
	}
	return strings.HasPrefix(name, "server/testdata/")
}
