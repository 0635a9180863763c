package tools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// explain turns any error into one sentence or two for the model: what
// happened, and the next step. It is the only place that does.
func (t *Tools) explain(ctx context.Context, d *tool, err error) string {
	var api *coda.APIError
	said, spoken := fault.As(err)
	switch {
	case fault.Is(err, coda.CodeArguments):
		return words.Clean(said.Sentence) + " Call coda_api_describe with operation " + words.Quote(said.About) + " for what it takes." + unwritten(d)
	case spoken:
		return words.Clean(said.Sentence) + unwrittenToo(d, said.Sentence)
	case errors.Is(err, words.ErrPanic):
		t.o.Log.Error("tools: panic", "tool", d.name, "err", err)
		return faultSentence
	case errors.Is(err, coda.ErrSegment):
		return "One of the given ids or names cannot be used in an address (it is empty, too long, or contains \"..\" or control characters). Use an id from a list tool."
	case errors.Is(err, coda.ErrBusy):
		return "Too many requests to Coda are waiting already, so this one would not be answered in time. Wait half a minute, then call again and ask for less at once."
	case context.Cause(ctx) == errDeadline:
		return fmt.Sprintf("This took longer than %s and was stopped. %s", t.o.Deadline, narrower(d))
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		return "The call was cancelled before it was done."
	case errors.As(err, &api):
		return explainAPI(d, api)
	case errors.Is(err, context.DeadlineExceeded):
		return "Coda did not answer in time. " + narrower(d)
	}
	t.o.Log.Warn("tools: call failed", "tool", d.name, "err", err)
	return "codabridge could not ask Coda: " + words.Quote(err.Error()) + fault.Typed(". The owner can look at codabridge's page, or run codabridge status.")
}

// narrower tells how to ask for less.
func narrower(d *tool) string {
	switch {
	case d.writes:
		return "It is not known whether the write was done: read the row or page before trying again."
	case d.name == "coda_list_rows":
		return "Call again with a smaller limit (such as 20), fewer columns or a filter."
	case d.name == "search":
		return "Search for fewer words, or list the documents and look inside one."
	}
	return "Call again later, or ask for a smaller part: one page, one table, fewer rows."
}

// explainAPI says what Coda's answer means. Coda's own words stay, in quotes:
// they often name the field at fault.
func explainAPI(d *tool, e *coda.APIError) string {
	said := ""
	if e.Message != "" {
		said = " Coda says: " + words.Quote(e.Message) + "."
	}
	switch e.Kind {
	case coda.KindUnauthorized:
		return "Coda refused the owner's API token (401), so nothing can be read or written." + said + fault.Typed(" Only the owner can mend this: make a new token and enter it in codabridge, or run codabridge login coda.") + unwritten(d)
	case coda.KindForbidden:
		if e.Operation == "list docs" {
			return "The owner's Coda token may not list documents (403): it is limited to one." + said + " Give that document's id or link as document, or ask the owner for a wider token."
		}
		return "The owner's Coda token may not do this (403)." + said + " It may be limited to reading or to one document; the owner can enter a wider token in codabridge. Try another document meanwhile." + unwritten(d)
	case coda.KindNotFound:
		return missing(e) + said + unwritten(d)
	case coda.KindGone:
		return "This was deleted in Coda (410)." + said + " " + listAgain(e) + unwritten(d)
	case coda.KindDocTooLarge:
		return "This document is over Coda's size limit (125 MB), so its contents cannot be read or written through the API." + said + " Work with another document." + unwritten(d)
	case coda.KindTooLarge:
		if e.Status == 0 { // our own word, and nothing was sent, or the answer not taken
			return strings.ToUpper(e.Message[:1]) + e.Message[1:] + "." + unwritten(d)
		}
		return "This is larger than Coda takes." + said + " Send or ask for less at once." + unwritten(d)
	case coda.KindNotReady:
		return "The document has changes that Coda has not finished yet." + said + " Call again without fresh, or in half a minute."
	case coda.KindRateLimited:
		return "Coda says that too many requests came (429)." + said + " Wait a minute before the next call, and write several rows in one call." + unwritten(d)
	case coda.KindStuck:
		return "Coda keeps refusing requests (429) and waiting did not help." + said + " Stop for some minutes; if it goes on, the owner should ask Coda's support." + unwritten(d)
	case coda.KindBadRequest:
		return "Coda did not accept the request (400)." + said + " Change the arguments before trying again." + unwritten(d)
	case coda.KindExportFailed:
		return "Coda could not export the page." + said + " Try again, or read the tables on it with coda_list_rows."
	}
	return trouble(d, e, said)
}

// trouble is what nobody here can mend but waiting.
func trouble(d *tool, e *coda.APIError, said string) string {
	what := fmt.Sprintf("Coda is in trouble just now (%d).", e.Status)
	switch e.Kind {
	case coda.KindNetwork:
		what, said = "Coda could not be reached from the owner's computer.", ""
	case coda.KindMoved:
		what = "Coda's address has moved."
	case coda.KindOdd:
		what = "Coda gave an answer that makes no sense."
	}
	if d.writes && e.Unsent {
		return what + said + " Try again in a minute." + unwritten(d)
	}
	if d.writes && isWriteOperation(e.Operation) {
		return what + said + " It is not known whether the write was done: read the row or page before trying again."
	}
	if d.name == "coda_list_rows" && e.Status == 504 {
		return what + said + " " + narrower(d)
	}
	return what + said + " Try again in a minute."
}

func missing(e *coda.APIError) string {
	return "Coda knows no such " + thing(e.Operation) + ", or the token does not see it (404). " + listAgain(e)
}

// thing is what an operation looked for.
func thing(operation string) string {
	switch operation {
	case "get page", "read page", "export page", "update page":
		return "page"
	case "get table", "list columns", "list rows", "insert rows":
		return "table"
	case "get row", "update row":
		return "row"
	case "resolve link":
		return "link"
	case "read mutation status":
		return "request id"
	}
	if o, ok := coda.FindOperation(operation); ok {
		for i := len(o.Params) - 1; i >= 0; i-- {
			if o.Params[i].In == "path" {
				return cmp.Or(things[o.Params[i].Name], o.Params[i].Name)
			}
		}
	}
	return "document"
}

// things are the names of what path arguments stand for.
var things = map[string]string{"docId": "document", "pageIdOrName": "page", "tableIdOrName": "table", "rowIdOrName": "row",
	"columnIdOrName": "column", "formulaIdOrName": "formula", "controlIdOrName": "control", "folderId": "folder",
	"ruleId": "automation", "permissionId": "permission", "workspaceId": "workspace", "requestId": "request id"}

// listTools are the tools that show which of a thing there are.
var listTools = map[string]string{"document": "coda_list_documents", "page": "coda_list_pages", "table": "coda_list_tables",
	"row": "coda_list_rows", "column": "coda_get_table", "formula": "coda_list_formulas", "control": "coda_list_controls",
	"folder": "coda_list_folders", "permission": "coda_get_sharing", "workspace": "coda_get_account", "link": "coda_list_documents"}

func listAgain(e *coda.APIError) string {
	if tool, ok := listTools[thing(e.Operation)]; ok {
		return "Call " + tool + " and use an id from there."
	}
	return "Check it with the owner."
}

func isWriteOperation(op string) bool {
	if o, ok := coda.FindOperation(op); ok {
		return o.Access != coda.Reads
	}
	return op == "insert rows" || op == "update row" || op == "update page"
}

// unwrittenToo adds that nothing was written to a sentence that does not say
// so itself: all of ours arise before anything is sent.
func unwrittenToo(d *tool, text string) string {
	if strings.Contains(strings.ToLower(text), "nothing was written") {
		return ""
	}
	return unwritten(d)
}

func unwritten(d *tool) string {
	if d.writes {
		return " Nothing was written."
	}
	return ""
}

var toolNamed = words.Pattern(`\bcoda_[a-z_]*[a-z]\b`)

// withoutAbsent takes the sentences after the first away that send to a tool
// which is not offered.
func (t *Tools) withoutAbsent(text string) string {
	said := strings.SplitAfter(text, ". ")
	absent := func(sentence string) bool {
		return slices.ContainsFunc(toolNamed().FindAllString(sentence, -1), func(name string) bool { return t.Known(name) && !t.offers(name) })
	}
	return strings.TrimSpace(said[0] + strings.Join(slices.DeleteFunc(said[1:], absent), ""))
}
