package changes

import (
	"context"
	"slices"
	"sync"

	"codabridge/server/coda"
	"codabridge/server/fault"
)

// Kinds of changes that can be set to ask the owner always.
const (
	DeletesDocs  = "delete-docs"  // a doc, or a folder with its docs
	Deletes      = "deletes"      // anything
	Shares       = "sharing"      // who reaches a doc
	Publishes    = "publishing"   // what the web sees
	Irreversible = "irreversible" // what cannot be put back, or not whole
)

// kindsOf are the kinds that a write belongs to. recorded says that it is being
// recorded, without which nothing can be put back.
func kindsOf(w *Write, before Image, recorded bool) []string {
	kinds := OperationKinds(w.Operation)
	u, hasText := contentOf(w.Args)
	mails := w.Operation == "addPermission" && w.Args["suppressEmail"] != true
	loses := hasText && u.wholePage() && len(before.Tables) > 0
	if kindOf(w.Operation).plan == nil || !recorded || before.Missing != "" || mails || loses {
		kinds = append(kinds, Irreversible)
	}
	return kinds
}

// OperationKinds are those that an operation belongs to by itself.
func OperationKinds(operation string) []string {
	var kinds []string
	if slices.Contains([]string{"deleteDoc", "deleteFolder"}, operation) {
		kinds = append(kinds, DeletesDocs)
	}
	o, _ := coda.FindOperation(operation)
	switch {
	case o.Group == "sharing" || slices.Contains(otherShares, operation):
		return append(kinds, Shares)
	case o.Group == "publishing" || o.Group == "domains" || slices.Contains(otherPublishes, operation):
		return append(kinds, Publishes)
	case o.Access == coda.Destroys:
		kinds = append(kinds, Deletes)
	}
	return kinds
}

// Operations of other chapters that share or publish.
var (
	otherShares = []string{"changeUserRole", "addPackPermission", "deletePackPermission", "deleteUserPackPermission", "createPackInvitation",
		"updatePackInvitation", "deletePackInvitation", "replyToPackInvitation", "addPackMaker", "deletePackMaker"}
	otherPublishes = []string{"createPackRelease", "updatePackRelease", "createPackReview", "addGoLink", "updatePackFeaturedDocs"}
)

// undoKinds are the kinds of the writes that put an operation back.
func undoKinds(operation string) []string {
	switch operation {
	case "createDoc", "createFolder":
		return []string{DeletesDocs, Deletes, Irreversible}
	case "createPage":
		return []string{Deletes, Irreversible}
	case "upsertRows", "updatePage":
		return []string{Deletes}
	}
	return OperationKinds(operation)
}

// Gate is what a call of an assistant passes with each of its writes. One yes is
// for the whole call.
type Gate struct {
	Tool string
	Args []byte
	// Asks says why a change of these kinds waits for the owner, as it is now;
	// empty lets it through.
	Asks func(ctx context.Context, kinds []string) string
	// Barred says why no change of the caller to a doc, or to none, is made just now
	// whatever the owner answers; empty lets it wait. Nil is never.
	Barred func(ctx context.Context, doc string) string

	mu    sync.Mutex
	yes   string   // the question whose yes has not been used yet
	open  bool     // a yes was used
	kinds []string // of the write that is under way
}

type gateKey struct{}

// WithGate has each write of ctx pass a gate. Without one nothing is asked, as for
// what the owner does.
func WithGate(ctx context.Context, g *Gate) context.Context {
	return context.WithValue(ctx, gateKey{}, g)
}

func gateOf(ctx context.Context) *Gate {
	g, _ := ctx.Value(gateKey{}).(*Gate)
	return g
}

// why says why a write of these kinds waits; empty where it does not.
func (g *Gate) why(ctx context.Context, kinds []string) string {
	if g == nil || g.Asks == nil {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kinds = kinds
	if g.open {
		return ""
	}
	return g.Asks(ctx, kinds)
}

func (g *Gate) barred(ctx context.Context, doc string) string {
	if g == nil || g.Barred == nil {
		return ""
	}
	return g.Barred(ctx, doc)
}

// set notes what became of a yes.
func (g *Gate) set(yes string, open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.yes, g.open = yes, open
}

func (g *Gate) pending() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.yes
}

// LastLook is asked before a write of ctx is sent: what waits for the owner by
// now, and had no yes, is not sent.
func LastLook(ctx context.Context) error {
	g := gateOf(ctx)
	if g == nil {
		return nil
	}
	g.mu.Lock()
	kinds := g.kinds
	g.mu.Unlock()
	if g.why(ctx, kinds) == "" {
		return nil
	}
	return fault.New(CodeAsked, "Nothing was written: the owner wants to be asked before this change by now. Make just the same call again, which asks.")
}

// pass waits for the owner's yes to a write where one is needed. yes is the
// question that it answers, empty where none is needed; before is read anew when
// it has waited.
func (j *Journal) pass(ctx context.Context, w *Write, before Image) (yes string, _ Image, err error) {
	g := gateOf(ctx)
	why := g.why(ctx, kindsOf(w, before, j.Enabled()))
	if why == "" {
		return "", before, nil
	}
	if yes := g.pending(); yes != "" {
		return yes, before, nil
	}
	j.nameDeleted(ctx, w)
	yes, err = j.agree(ctx, g, j.proposes(w, before, why), func(ctx context.Context) (p Proposal, err error) {
		w.Seen = nil // it may be another by now
		before, err = j.before(ctx, w)
		return j.proposes(w, before, why), err
	})
	return yes, before, err
}

// proposes is a write before it is made.
func (j *Journal) proposes(w *Write, before Image, why string) Proposal {
	return Proposal{Sentence: wants(kindOf(w.Operation).says(w, before)), Why: why, Doc: text(w.Args, "docId"), DocName: w.DocName, Link: w.Link,
		Parts: preview(w, before), Kinds: kindsOf(w, before, j.Enabled()), Writes: []Write{*w}, shown: shownOf(w, before), subject: subjectOf(w)}
}

// AskUndo gets the owner's yes to a call that puts changes back, where one is
// needed, before the first of them is touched.
func (j *Journal) AskUndo(ctx context.Context, ids []string, how How) error {
	g := gateOf(ctx)
	p := j.proposesUndo(ctx, ids, how, g.why)
	if p.Why == "" {
		return nil
	}
	yes, err := j.agree(ctx, g, p, func(ctx context.Context) (Proposal, error) {
		return j.proposesUndo(ctx, ids, how, func(context.Context, []string) string { return p.Why }), ctx.Err()
	})
	if err == nil {
		g.set(yes, false)
	}
	return err
}

// proposesUndo is what putting changes back does, of those for which asks gives a
// reason to ask.
func (j *Journal) proposesUndo(ctx context.Context, ids []string, how How, asks func(context.Context, []string) string) (p Proposal) {
	for _, id := range ids {
		c, err := j.change(ctx, id)
		if err != nil || kindOf(c.Operation).plan == nil || !slices.Contains(undoable, c.State) {
			continue // Undo says so
		}
		why := asks(ctx, undoKinds(c.Operation))
		if why == "" {
			continue
		}
		plan, err := kindOf(c.Operation).plan(ctx, j, c, how == All)
		if err != nil || len(plan.steps) == 0 || how == Ask && (plan.anyChanged() || len(plan.asks) > 0) {
			continue
		}
		p.Why = why
		p.add(c, plan)
		p.Kinds = append(p.Kinds, undoKinds(c.Operation)...)
		p.subject.Undo = append(p.subject.Undo, id)
	}
	p.shown, p.subject.How = hashOf(p.Parts), how
	return p
}

// add puts what a plan does into a proposal.
func (p *Proposal) add(c *change, plan *plan) {
	p.Doc, p.DocName, p.Link = c.Doc, c.DocName, c.Link
	if p.Sentence != "" {
		p.Sentence += " "
	}
	p.Sentence += "Put back: " + c.Sentence
	for _, s := range plan.steps {
		p.Writes = append(p.Writes, s.write)
	}
	for _, part := range plan.parts {
		if !part.Back && len(p.Parts) < mostPreviewed {
			p.Parts = append(p.Parts, Part{Name: part.Name, Before: part.Now, After: part.Before})
		}
	}
}
