package updates

import "strings"

// News are the lines of the changelog, each by its first sentence, that are new in
// a version for who ran another one before: those of the version itself, or of what
// comes next where the changelog does not name it. most bounds their number.
func News(changelog, version string, most int) (lines []string) {
	next, here := []string(nil), false
	section := ""
	for line := range strings.Lines(changelog) {
		line = strings.TrimRight(line, "\r\n")
		if name, is := strings.CutPrefix(line, "## "); is {
			name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
			section = strings.TrimPrefix(strings.Trim(name, "[]"), "v")
			here = section != "" && section == strings.TrimPrefix(version, "v")
			continue
		}
		item, is := strings.CutPrefix(line, "- ")
		switch {
		case !is:
		case here:
			lines = append(lines, plain(item))
		case section == "Next":
			next = append(next, plain(item))
		}
	}
	if len(lines) == 0 {
		lines = next
	}
	return lines[:min(most, len(lines))]
}

// plain is the first sentence of a line of the changelog, without its marks.
func plain(item string) string {
	item = strings.NewReplacer("`", "", "**", "", "*", "").Replace(item)
	if first, _, more := strings.Cut(item, ". "); more {
		return first + "."
	}
	return item
}
