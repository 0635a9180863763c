package changes

import (
	"context"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// kind is what is known of an operation that writes.
type kind struct {
	// says tells in one sentence what a write does.
	says func(w *Write, before Image) string
	// before reads how it is; nil where nothing has to be read.
	before func(ctx context.Context, j *Journal, w *Write) (Image, error)
	// plan says what putting back does; nil where that is not possible.
	plan func(ctx context.Context, j *Journal, c *change, all bool) (*plan, error)
	// never says why it is not possible, and where else to look.
	never string
}

const (
	inTrash   = "Coda's API cannot bring it back. Its owner finds it in Coda's own trash for a while."
	inHistory = "What it did is up to the doc, so codabridge cannot put it back. Coda's own version history of the doc may."
	unknownTo = "codabridge does not know how to put this back. Coda's own version history of the doc may."
)

// kinds are the operations that are known, by their ids. It is a function since
// plans make writes, which are of a kind.
func kindOf(operation string) kind {
	switch operation {
	case "updateRow":
		return kind{says: saysUpdateRow, before: beforeUpdateRow, plan: planUpdateRow}
	case "upsertRows":
		return kind{says: saysUpsertRows, before: beforeUpsertRows, plan: planUpsertRows}
	case "deleteRows", "deleteRow":
		return kind{says: saysDeleteRows, before: beforeDeleteRows, plan: planDeleteRows}
	case "updatePage":
		return kind{says: saysUpdatePage, before: beforeUpdatePage, plan: planUpdatePage}
	case "deletePageContent":
		return kind{says: saysDeleteContent, before: beforeDeleteContent, plan: planDeleteContent}
	case "createPage":
		return kind{says: saysNew("page", "name"), plan: planCreatePage}
	case "createDoc":
		return kind{says: saysNew("doc", "title"), plan: planCreateDoc}
	case "createFolder":
		return kind{says: saysNew("folder", "name"), plan: planCreateFolder}
	case "updateDoc":
		return kind{says: saysFacts("doc"), before: beforeFacts, plan: planFacts}
	case "updateFolder":
		return kind{says: saysFacts("folder"), before: beforeFacts, plan: planFacts}
	case "updateAclSettings":
		return kind{says: saysFacts("sharing settings of the doc"), before: beforeFacts, plan: planFacts}
	case "addPermission":
		return kind{says: saysShare, before: beforeSharing, plan: planAddPermission}
	case "deletePermission":
		return kind{says: saysUnshare, before: beforeSharing, plan: planDeletePermission}
	case "publishDoc":
		return kind{says: saysOf("Published the doc"), before: beforePublishing, plan: planPublishing}
	case "unpublishDoc":
		return kind{says: saysOf("Took the doc off the web"), before: beforePublishing, plan: planPublishing}
	}
	return otherKind(operation)
}

// otherKind are those that cannot be put back.
func otherKind(operation string) kind {
	switch operation {
	case "deletePage":
		return kind{says: saysOf("Deleted the page"), before: beforeDeletePage, never: inTrash}
	case "deleteDoc":
		return kind{says: saysOf("Deleted the doc"), before: beforeFacts, never: inTrash}
	case "deleteFolder":
		return kind{says: saysOf("Deleted the folder"), before: beforeFacts, never: inTrash}
	case "pushButton":
		return kind{says: saysOf("Pushed a button in"), before: beforeUpdateRow, never: inHistory}
	case "triggerWebhookAutomation":
		return kind{says: saysOf("Started an automation of the doc"), never: inHistory}
	}
	return kind{says: func(w *Write, _ Image) string { return "Made the call " + w.Operation + "." }, never: unknownTo}
}

// called is the name of what a write is about, in quotation marks.
func called(w *Write) string {
	switch {
	case w.Name != "":
		return words.Quote(w.Name)
	case w.DocName != "":
		return words.Quote(w.DocName)
	}
	for _, name := range []string{"tableIdOrName", "pageIdOrName", "folderId", "docId"} {
		if id := text(w.Args, name); id != "" {
			return id
		}
	}
	return "something"
}

func saysOf(what string) func(*Write, Image) string {
	return func(w *Write, _ Image) string { return what + " " + called(w) + "." }
}

func saysNew(what, argument string) func(*Write, Image) string {
	return func(w *Write, _ Image) string {
		name := text(w.Args, argument)
		if name == "" {
			return "Made a " + what + "."
		}
		return "Made the " + what + " " + words.Quote(fault.Clip(name, 120)) + "."
	}
}

// saysFacts names the facts that are changed.
func saysFacts(what string) func(*Write, Image) string {
	return func(w *Write, before Image) string {
		var changed []string
		for _, f := range factsOf(w.Operation) {
			if v, ok := w.Args[f.name]; ok {
				changed = append(changed, f.shown+" to "+words.Quote(fault.Clip(words.CellWords(v), 80)))
			}
		}
		return "Changed " + strings.Join(changed, ", ") + " of the " + what + " " + called(w) + "."
	}
}

// rowName names a row for a sentence.
func rowName(r coda.Row, id string) string {
	if name := strings.TrimSpace(words.PlainText(r.Name, "")); name != "" {
		return words.Quote(fault.Clip(name, 80))
	}
	return id
}
