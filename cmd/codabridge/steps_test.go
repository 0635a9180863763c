package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"codabridge/app/doctor"
)

var pressed = regexp.MustCompile(`<strong>([^<]+)</strong>`)

// TestTheStepsAreAlikeWhereverTheyStand: what a person looks for in ChatGPT and
// in Claude is called the same on the page, in README and by the doctor.
func TestTheStepsAreAlikeWhereverTheyStand(t *testing.T) {
	read := func(path ...string) string {
		b, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	page, readme := read("assets", "pages", "owner_connections.html"), read("README.md")
	template := func(name string) string {
		_, text, _ := strings.Cut(page, `{{define "`+name+`"}}`)
		text, _, _ = strings.Cut(text, `{{define "`)
		return text
	}
	for name, title := range map[string]string{"chatgpt": "ChatGPT", "claude": "Claude"} {
		_, section, found := strings.Cut(readme, "\n## Connect "+title+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		said, ok := doctor.Explain("How do I connect " + title + "?")
		if !found || !ok {
			t.Fatalf("%s: in README %t, by the doctor %t", title, found, ok)
		}
		steps, cures, _ := strings.Cut(template(name), "<details>")
		for place, text := range map[string]string{"README": section, "the doctor": strings.Join(said, "\n")} {
			for _, m := range pressed.FindAllStringSubmatch(steps+template("code-step"), -1) {
				if !strings.Contains(text, m[1]) {
					t.Errorf("%s, %s: %q is not said", title, place, m[1])
				}
			}
		}
		for _, m := range pressed.FindAllStringSubmatch(cures, -1) {
			if !strings.Contains(readme, m[1]) {
				t.Errorf("%s: the cure %q does not stand in README", title, m[1])
			}
		}
	}
}
