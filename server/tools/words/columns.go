package words

import (
	"strings"

	"codabridge/server/coda"

	"golang.org/x/text/unicode/norm"
)

// ColumnNames are the names that answers show, each of which stands for one
// column: a name that two columns share, or that looks like another's once
// what nobody sees is gone, carries its id.
func ColumnNames(columns []coda.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	// A column may be called as another is with its id, hence twice.
	for range 2 {
		times := map[string]int{}
		for _, n := range names {
			times[Looks(n)]++
		}
		for i, c := range columns {
			if times[Looks(names[i])] > 1 || Looks(names[i]) == "" {
				names[i] = strings.TrimSpace(strings.TrimSpace(c.Name) + " (" + c.ID + ")")
			}
		}
	}
	return names
}

// Looks is a name as a person sees it: without hidden characters, in one of
// the ways to write accents and widths, with single spaces.
func Looks(name string) string {
	if plainRun(name) == len(name) && strings.TrimSpace(name) == name && !strings.Contains(name, "  ") {
		return name // as most are
	}
	return strings.Join(strings.Fields(Clean(norm.NFKC.String(name))), " ")
}
