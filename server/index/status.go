package index

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// Coverage says how complete the index is, for the docs that were searched.
type Coverage struct {
	// Docs may be read; of Named of them the names of pages and tables are
	// there. Skipped are those that Coda will not give, Excluded those that
	// the owner left out; neither is among Docs.
	Docs, Named, Skipped, Excluded int
	Pages, PagesRead               int
	Tables, TablesRead             int
	Rows, RowsKnown                int
	// Refused are pages and tables that Coda will not give; they are not among
	// Pages and Tables.
	Refused int
	// RefusedNames are some of them, each with its doc.
	RefusedNames []string
	// Listing is set until all docs were listed for the first time: there may
	// be more of them.
	Listing bool
	// Trouble says why the crawler does not go on; empty for most.
	Trouble string
	// Oldest is when the doc that was looked at longest ago was last known to
	// be stored as it is; zero while there is none.
	Oldest time.Time
	// Pending are docs that were written to through codabridge, and that may not
	// be here as they are now; Crawled tells that this process brings them here.
	Pending []Pending
	Crawled bool
	// Unnamed are the docs of which the names of pages and tables are not there
	// yet, those changed last first, with what the index knows of them.
	Unnamed []coda.Doc
}

// Share is how much is there, from 0 to 1, of the names of docs, the texts of
// pages and the rows of tables.
func (c Coverage) Share() float64 {
	return part(c.Named+c.PagesRead+c.TablesRead, c.Docs+c.Pages+c.Tables)
}

func part(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// Complete tells that nothing is missing but what cannot be read.
func (c Coverage) Complete() bool { return !c.Listing && c.Share() >= 1 }

// Sentence says the coverage and the age in words.
func (c Coverage) Sentence(now time.Time) string {
	var s, soFar string
	if c.Listing {
		soFar = " listed so far (there may be more)"
	}
	switch {
	case c.Docs == 0:
		s = "No docs are in the index yet"
	case c.Named < c.Docs:
		s = fmt.Sprintf("The index is being made: searched the titles of %s%s, what is on %d of them, and the text of %d pages and the rows of %d tables", docs(c.Docs), soFar, c.Named, c.PagesRead, c.TablesRead)
	default:
		s = fmt.Sprintf("Searched the text of %s of pages and the rows of %s of tables in %s", percent(c.PagesRead, c.Pages), percent(c.TablesRead, c.Tables), docs(c.Docs))
	}
	if !c.Oldest.IsZero() {
		s += ", oldest " + age(now.Sub(c.Oldest))
	}
	s += "."
	if c.Skipped > 0 {
		s += fmt.Sprintf(" %s cannot be read with this token.", docs(c.Skipped))
	}
	if c.Refused > 0 {
		s += fmt.Sprintf(" Coda does not give %d of their pages and tables%s.", c.Refused, c.refusedNames())
	}
	if c.Excluded > 0 {
		s += fmt.Sprintf(" The owner left %s out.", docs(c.Excluded))
	}
	if c.Trouble != "" {
		s += " " + c.Trouble
	}
	if p := pendingSentence(c.Pending, now, c.Crawled); p != "" {
		s += " " + p
	}
	return s
}

// mostRefused is how many of what Coda will not give are known by name, and
// namedRefused how many are named.
const (
	mostRefused  = 200
	namedRefused = 3
)

func (c Coverage) refusedNames() string {
	names := c.RefusedNames[:min(len(c.RefusedNames), namedRefused)]
	if len(names) == 0 {
		return ""
	}
	if len(names) < c.Refused {
		return ", such as " + strings.Join(names, ", ")
	}
	return ": " + strings.Join(names, ", ")
}

func docs(n int) string {
	if n == 1 {
		return "1 doc"
	}
	return fmt.Sprintf("%d docs", n)
}

// percent never says 100 % of what is not whole.
func percent(n, of int) string {
	return fmt.Sprintf("%d %%", int(math.Floor(100*part(n, of))))
}

func age(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "1 min"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// covered is what is stored of each doc, and whether all docs are listed.
type covered struct {
	docs    []store.DocState
	listing bool
	refused []store.Refusal
}

func (c *covered) read(v *store.View) error {
	all, err := v.Listed()
	if err == nil {
		c.listing = !all
		c.docs, err = v.Docs()
	}
	if err == nil {
		c.refused, err = v.Refused(mostRefused)
	}
	return err
}

// states gives what is stored of each doc, no older than some seconds, and
// read in a moment in which owner was whose it is.
func (x *Index) states(ctx context.Context, db *store.DB, owner string) (docs covered, err error) {
	x.mu.Lock()
	docs, age, round := x.cover, x.o.Now().Sub(x.coverAt).Abs(), x.coverRound
	fresh := x.coverOf == db && x.coverFor == owner && age < 5*time.Second
	x.mu.Unlock()
	if fresh {
		return docs, nil
	}
	err = db.View(ctx, owner, docs.read)
	if err != nil {
		return covered{}, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.coverRound == round {
		x.cover, x.coverAt, x.coverOf, x.coverFor = docs, x.o.Now(), db, owner
	}
	return docs, nil
}

// dropCover makes states read anew: something was taken away.
func (x *Index) dropCover() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.coverOf = nil
	x.coverRound++
	clear(x.wrote) // of another account, perhaps
}

func (x *Index) coverage(ctx context.Context, db *store.DB, only []string) (Coverage, error) {
	known, err := x.states(ctx, db, x.o.Owner())
	c := Coverage{Listing: known.listing}
	c.Pending, c.Crawled = x.pending(known.docs, only)
	excluded := x.o.Excluded()
	for _, d := range known.docs {
		if only == nil || slices.Contains(only, d.ID) {
			d.Excluded = d.Excluded || slices.Contains(excluded, d.ID)
			c.add(d)
		}
	}
	for _, r := range known.refused {
		if (only == nil || slices.Contains(only, r.DocID)) && !slices.Contains(excluded, r.DocID) {
			c.RefusedNames = append(c.RefusedNames, "the "+kindNamesOut[r.Kind]+" “"+clipText(r.Title, 60)+"” in "+clipText(r.Doc, 60))
		}
	}
	c.Trouble = x.standsStill(only, c.Complete())
	return c, err
}

// standsStill is why the crawler does not go on. Who may see some docs only is
// not told how much of others Coda does not give.
func (x *Index) standsStill(only []string, complete bool) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case !x.partial || only == nil:
		return x.trouble
	case complete:
		return ""
	}
	return "Coda did not give all of it when it was asked for; the rest is tried again by and by."
}

func (c *Coverage) add(d store.DocState) {
	switch {
	case d.Excluded:
		c.Excluded++
		return
	case d.Problem != "":
		c.Skipped++
		return
	}
	c.Docs++
	if d.NamedAt.IsZero() {
		c.Unnamed = append(c.Unnamed, coda.Doc{ID: d.ID, Name: d.Name, BrowserLink: d.URL, UpdatedAt: d.Version})
	} else {
		c.Named++
	}
	c.Pages += d.Pages
	c.PagesRead += d.PagesRead
	c.Tables += d.Tables
	c.TablesRead += d.TablesRead
	c.Refused += d.Refused
	c.Rows += d.Rows
	c.RowsKnown += d.RowsKnown
	if !d.Checked.IsZero() && (c.Oldest.IsZero() || d.Checked.Before(c.Oldest)) {
		c.Oldest = d.Checked
	}
}
