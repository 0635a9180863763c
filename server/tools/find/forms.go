package find

import "strings"

// Form is what the ids of a kind of thing look like: they begin in one of these
// ways, and behind that stand letters, digits, "_" and "-", so many at least and
// at most.
type Form struct {
	begins      []string
	least, most int
}

// The forms of Coda's ids.
var (
	DocID     = Form{[]string{""}, 6, 40}
	PageID    = Form{[]string{"canvas-", "section-"}, 1, 1 << 20}
	TableID   = Form{[]string{"grid-", "table-"}, 1, 1 << 20}
	RowID     = Form{[]string{"i-"}, 1, 1 << 20}
	FolderID  = Form{[]string{"fl-"}, 1, 1 << 20}
	ElementID = Form{[]string{"cl-"}, 1, 1 << 20}
)

// Fits tells whether a text has the form.
func (f Form) Fits(id string) bool {
	for _, begin := range f.begins {
		if rest, ok := strings.CutPrefix(id, begin); ok && len(rest) >= f.least && len(rest) <= f.most && isPlain(rest) {
			return true
		}
	}
	return false
}

func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
