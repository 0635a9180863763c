package tools_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"codabridge/server/golden"
)

const readme = "../../README.md"

// TestReadmeListsTheTools keeps the README's table what tools/list says.
func TestReadmeListsTheTools(t *testing.T) {
	t.Parallel()
	core, all := newHarness(t).listTools(), newHarness(t, daily).listTools()
	rest := all[len(core):]
	want := toolTable(core) + fmt.Sprintf("\n<details><summary>%d more with <code>--toolset full</code></summary>\n\n", len(rest)) + toolTable(rest) + "\n</details>\n"
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	start, end := strings.Index(text, "<!-- tools:"), strings.Index(text, "<!-- end of tools -->")
	if start < 0 || end < start {
		t.Fatal("the README has no place for the tools")
	}
	start += strings.Index(text[start:], "\n") + 1
	if text[start:end] == want {
		return
	}
	if !golden.Updating() {
		t.Errorf("the README's table of tools is old; run with -update:\n%s", want)
		return
	}
	if err := os.WriteFile(readme, []byte(text[:start]+want+text[end:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

func toolTable(list []listedTool) string {
	var b strings.Builder
	b.WriteString("| tool | what for | |\n|---|---|---|\n")
	for _, d := range list {
		kind := "reads"
		switch {
		case d.Annotations["readOnlyHint"] == true:
		case d.Annotations["destructiveHint"] == true:
			kind = "changes or deletes"
		default:
			kind = "adds"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", d.Name, d.Title, kind)
	}
	return b.String()
}
