package index

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	store "codabridge/server/store/index"
)

// Pending is a doc that was written to through codabridge, of which the index
// may not have what was written last.
type Pending struct {
	Doc   string // its name, or its id where that is not known
	Since time.Time
}

// pending are those docs among some of the index, the oldest first, and whether
// this process brings all of them there. Where another one crawls, a write is
// known to be there when the doc was found to be current after it.
func (x *Index) pending(docs []store.DocState, only []string) (all []Pending, read bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	byDoc := map[string]Pending{}
	read = x.crawls() || x.follows()
	for w, s := range x.wrote {
		if only != nil && !slices.Contains(only, w.doc) {
			continue
		}
		name := w.doc
		if name == newDoc {
			name = "a new doc"
		}
		if at := slices.IndexFunc(docs, func(d store.DocState) bool { return d.ID == w.doc }); at >= 0 {
			name = docs[at].Name
			if docs[at].Checked.Sub(s.at) > snapshotLag {
				delete(x.wrote, w)
				continue
			}
		}
		read = read && (x.crawls() || s.tries <= len(catchPauses))
		if before, ok := byDoc[w.doc]; !ok || s.at.Before(before.Since) {
			byDoc[w.doc] = Pending{name, s.at}
		}
	}
	return slices.SortedFunc(maps.Values(byDoc), func(a, b Pending) int {
		return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.Doc, b.Doc))
	}), read
}

// snapshotLag is how far Coda's snapshots may be behind a write.
const snapshotLag = 30 * time.Second

// pendingSentence says which writes are not in the index yet.
func pendingSentence(all []Pending, now time.Time, crawled bool) string {
	if len(all) == 0 {
		return ""
	}
	var names []string
	for _, p := range all[:min(len(all), 3)] {
		names = append(names, "“"+clipText(p.Doc, 60)+"”")
	}
	more := ""
	if n := len(all) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d others", n)
	}
	s := fmt.Sprintf("What was written to %s%s since %s is not in the index yet", strings.Join(names, ", "), more, ago(now.Sub(all[0].Since)))
	if !crawled {
		return s + ": the codabridge app brings it up to date while it runs. Read it there instead."
	}
	return s + "; it is being read."
}

func ago(d time.Duration) string {
	if d < 2*time.Minute {
		if n := int(d.Seconds()); n > 1 {
			return fmt.Sprintf("%d seconds ago", n)
		}
		return "1 second ago"
	}
	return age(d) + " ago"
}
