// Package tools is what a model may do: it turns MCP tool calls into calls of
// the Coda API and the answers into small texts. It is the only room that
// imports mcp-go, and it serves the same tools over streamable HTTP, the older
// HTTP+SSE transport and stdio.
//
// A tool is declared in three parts, always in this order: the struct of its
// arguments, a plain method that does the work, and the declaration with its
// names, hints and JSON schemas.
//
// # Decisions
//
// Schemas are written by hand: generated ones hold null types and top-level
// combinators that some clients refuse along with the whole list. Arguments
// are checked against them here, since mcp-go's own messages are dumps of
// structs, and what a model plainly meant ("42" for 42, one string for a list
// of strings) is put right first.
//
// What a caller can act on is a tool result with isError and one sentence that
// names the next step, never a protocol error. Write tools are left out of
// tools/list for whoever may not write, by a hook and not by a tool filter: a
// filter would also answer the call with "not found" and hide the reason.
//
// There are three sets of tools: every tool of the small one is paid for by
// every model in every conversation, so most stand in the full set, and the
// owner may pick. What no tool does, coda_api_call does from the client's table
// of operations, bound by all that binds the tools; to those who may only read
// it shows as a tool that reads. Only ids are taken where something is deleted,
// and a whole page is rewritten by a tool of its own that shows the difference
// first.
//
// Resources run under the checks of the tool that reads the same; prompts are
// words only and ask Coda nothing.
//
// Every answer leaves through one function that strips invisible characters,
// counts its size and encodes it once: as text, since clients that read both
// forms pay twice, and as structuredContent too for search and fetch, whose
// readers want it, or for all with Options.Structured.
//
// Rows are written as JSON while they are read, without being decoded: an answer
// has thousands of cells. In a large one a key stands for a long text that comes
// often. It is made of the text, so that it never stands for another one, and no
// write takes it for a text; as all that a row shows, it may be written back to
// that row. What the addresses of a column have in common stands once too, as a
// form with a mark; a value that begins with one is taken back by the row that
// showed it, and refused by all others and in filters. A moment has one form in
// all answers, on its document's clock: 2026-08-27T11:45-07:00.
//
// Names become ids through short-lived lists. A write is never sent twice for
// the same caller and arguments within two minutes, since clients give up and
// repeat; and it is not ended by a client that goes away, so that its outcome
// is still known to the repeat. Where doing it again does no harm and another
// write came after it, it is no repeat: setting a value back is meant.
//
// Instructions are made for each client, of the tools in force: what is not
// offered is named there, with the way to allow it, so that a model says so
// instead of trying. A line of a page is named by its whole text, since models
// keep texts better than ids; a part of a line is never taken for it. Cursors of
// rows stand for what is kept here: Coda's page tokens are longer than a model
// copies without a slip. What was written in the last day is kept in memory, so
// that a later conversation can tell and put back what an earlier one did.
//
// stdio is a loop of our own around MCPServer.HandleMessage: the library's
// drops a last line without a newline, cancels running calls at the end of
// input and keeps its session in a package variable.
package tools
