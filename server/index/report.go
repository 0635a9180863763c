package index

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"codabridge/server/alike"
	store "codabridge/server/store/index"
)

// Status is what the owner sees of the index.
type Status struct {
	Enabled, Paused bool
	Coverage        Coverage
	// Work is what the crawler does just now, Trouble why it cannot, Notice
	// what happened to the file; sentences, or empty.
	Work, Trouble, Notice string
	// Rate is requests a minute of the walk at work, Left how long the rest
	// takes at that rate; zero when nothing is at work.
	Rate float64
	Left time.Duration
	// Bytes is the size on the disk.
	Bytes int64
	Docs  []DocStatus
}

// DocStatus is one doc in Status.
type DocStatus struct {
	ID, Name, URL                                                 string
	Excluded                                                      bool
	Problem                                                       string
	Pages, PagesRead, Tables, TablesRead, Rows, RowsKnown, Faults int
	Updated, Checked                                              time.Time
}

// Status gives the state of this moment.
func (x *Index) Status(ctx context.Context) (Status, error) {
	s := Status{Enabled: x.o.Enabled(), Paused: x.o.Paused()}
	x.mu.Lock()
	s.Work, s.Trouble = x.work, x.trouble
	if x.o.Now().Sub(x.noticeAt).Abs() < time.Hour {
		s.Notice = x.notice
	}
	began := x.began
	x.mu.Unlock()
	db, owner, err := x.reading()
	if errors.Is(err, ErrNone) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	defer x.using.RUnlock()
	known, err := x.states(ctx, db, owner)
	if errors.Is(err, store.ErrOtherOwner) {
		return s, nil
	}
	if err != nil {
		return s, x.noticed(err)
	}
	s.Bytes, s.Coverage.Listing = db.Size(), known.listing
	for _, d := range known.docs {
		s.Coverage.add(d)
		s.Docs = append(s.Docs, DocStatus{ID: d.ID, Name: d.Name, URL: d.URL,
			Excluded: d.Excluded, Problem: d.Problem, Pages: d.Pages, PagesRead: d.PagesRead,
			Tables: d.Tables, TablesRead: d.TablesRead, Rows: d.Rows, RowsKnown: d.RowsKnown, Faults: d.Refused, Updated: d.Updated, Checked: d.Checked})
	}
	if spent := x.o.Now().Sub(began); s.Work != "" && spent > 2*time.Second {
		s.Rate = float64(x.requests.Load()) / spent.Minutes()
		if s.Rate > 0 {
			s.Left = time.Duration(float64(s.Coverage.requestsLeft()) / s.Rate * float64(time.Minute)).Round(time.Second)
		}
	}
	return s, nil
}

// requestsLeft is about how many requests the rest takes, if the docs whose
// names are not read yet are like the others.
func (c Coverage) requestsLeft() int {
	perDoc := 10.0
	if c.Named > 0 {
		perDoc = 2 + float64(c.Pages+3*c.Tables)/float64(c.Named)
	}
	return int(perDoc*float64(len(c.Unnamed))) + c.Pages - c.PagesRead + 3*(c.Tables-c.TablesRead) + (c.RowsKnown-c.Rows)/rowLimit
}

// Named tells of a doc's name and id whether they have all words of a text, in any
// letters.
func Named(words string) func(name string) bool {
	wanted := strings.Fields(alike.Fold(words))
	return func(name string) bool {
		has := alike.Fold(name)
		return !slices.ContainsFunc(wanted, func(w string) bool { return !strings.Contains(has, w) })
	}
}
