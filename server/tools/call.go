package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"

	"github.com/mark3labs/mcp-go/mcp"
)

// maxAnswer is the largest answer sent, in bytes; tools aim far below it.
const maxAnswer = 256 << 10

// outcome is what a call came to.
type outcome struct {
	status caller.Status
	text   string // the JSON of the answer, or a sentence
	meta   map[string]any
}

// call runs one tool call that the library has read.
func (t *Tools) call(ctx context.Context, d *tool, req mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	return t.run(ctx, d, rawArguments(req)).result(t.structured(d)), nil
}

// run runs one tool call from the checks to the record of it.
func (t *Tools) run(ctx context.Context, d *tool, raw []byte) outcome {
	return t.measured(ctx, d.name, len(raw), func(ctx context.Context) outcome {
		return t.guard(d, func() outcome { return t.checked(ctx, d, raw) })
	})
}

// measured runs a call and keeps the record of it.
func (t *Tools) measured(ctx context.Context, name string, in int, run func(context.Context) outcome) outcome {
	started, at := time.Now(), t.o.Now()
	ctx, touched := find.WithTouched(ctx)
	out := run(ctx)
	if t.o.OnCall != nil {
		doc, docName := touched.Doc()
		t.o.OnCall(Call{Caller: caller.From(ctx), Tool: name, Document: doc, DocumentName: words.Clean(docName), Status: out.status, Started: at,
			Duration: time.Since(started), BytesIn: in, BytesOut: len(out.text)})
	}
	return out
}

// result is the outcome in MCP's form: JSON as one text item, and the same as
// structuredContent where that is asked for. Some clients give the model both,
// which costs twice, others only the one or the other.
func (out outcome) result(structured bool) *mcp.CallToolResult {
	r := &mcp.CallToolResult{Content: []mcp.Content{mcp.NewTextContent(out.text)}}
	if out.status == caller.StatusOK {
		if structured {
			r.StructuredContent = json.RawMessage(out.text)
		}
		return r
	}
	r.IsError = true
	if len(out.meta) > 0 {
		r.Meta = mcp.NewMetaFromMap(out.meta)
	}
	return r
}

// guard keeps a panic from reaching the client or the process.
func (t *Tools) guard(d *tool, run func() outcome) (out outcome) {
	defer func() {
		if p := recover(); p != nil {
			t.o.Log.Error("tools: panic", "tool", d.name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			out = outcome{status: caller.StatusFault, text: faultSentence}
		}
	}()
	return run()
}

// checked runs a tool for those who may, with arguments that fit.
func (t *Tools) checked(ctx context.Context, d *tool, raw []byte) outcome {
	if out, stop := t.permit(ctx, d); stop {
		return out
	}
	args, err := readArguments(d, raw)
	if err != nil {
		return outcome{status: caller.StatusError, text: words.Clean(err.Error()) + unwritten(d)}
	}
	if d.depends != nil {
		if !d.depends(args) {
			d = d.reader()
		} else if out, stop := t.permitWrite(ctx); stop {
			return out
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, t.o.Deadline, errDeadline)
	defer cancel()
	ctx, done := coda.WithHold(coda.WithAsker(ctx, caller.From(ctx).ID))
	defer done()
	if d.writes {
		return t.once(ctx, d, args)
	}
	return t.work(ctx, d, args)
}

const faultSentence = "codabridge met an unexpected fault in this tool. Try once more with simpler arguments; if it comes again, the owner finds the cause in codabridge's log."

var errDeadline = errors.New("the tool's deadline passed")

// permit refuses what the caller may not do, before anything is looked at.
func (t *Tools) permit(ctx context.Context, d *tool) (outcome, bool) {
	if t.o.Stopped != nil && caller.From(ctx).IsLocal() && t.o.Stopped() {
		return outcome{status: caller.StatusRefused, text: "The owner has stopped codabridge for now" + unwrittenStop(d) + ". It works again when they start it."}, true
	}
	if t.o.Paused != nil && t.o.Paused() {
		return outcome{status: caller.StatusRefused, text: "The owner has paused codabridge" + unwrittenStop(d) + ". Tell them; it goes on when they resume it."}, true
	}
	if !t.toolset().offers(d) {
		return outcome{status: caller.StatusRefused, text: "The owner does not offer " + d.name + " here" + unwrittenStop(d) + ". Use the tools of the list; the owner can offer more with the setting toolset (core, full or custom)" + adminHint(d) + "."}, true
	}
	if d.writes && d.depends == nil {
		if out, stop := t.permitWrite(ctx); stop {
			return out, true
		}
	}
	if t.o.Ready != nil {
		if sentence, ok := t.o.Ready(); !ok {
			return outcome{status: caller.StatusError, text: words.Clean(sentence)}, true
		}
	}
	return outcome{}, false
}

func unwrittenStop(d *tool) string {
	if d.writes {
		return ", so nothing was written"
	}
	return ""
}

func adminHint(d *tool) string {
	if d.admin {
		return " and the setting admin"
	}
	return ""
}

// permitWrite refuses writing to those who may only read.
func (t *Tools) permitWrite(ctx context.Context) (outcome, bool) {
	why := t.noWriting(ctx)
	if why == "" {
		return outcome{}, false
	}
	out := outcome{status: caller.StatusRefused, text: "Nothing was written: " + why}
	if t.readOnly() {
		return out, true
	}
	if t.o.Challenge != nil {
		if c := t.o.Challenge(ctx, caller.ScopeWrite); c != "" {
			out.meta = map[string]any{"mcp/www_authenticate": []string{c}}
		}
	}
	return out, true
}

// work runs the tool and encodes its answer.
func (t *Tools) work(ctx context.Context, d *tool, args []byte) outcome {
	answer, err := d.run(ctx, t, args)
	if err != nil {
		return t.failed(ctx, d, err)
	}
	text, err := words.Encode(answer)
	if err != nil {
		t.o.Log.Error("tools: encode answer", "tool", d.name, "err", err)
		return outcome{status: caller.StatusFault, text: faultSentence}
	}
	if len(text) > maxAnswer {
		return outcome{status: caller.StatusError, text: fmt.Sprintf("The answer would be %d KB and at most %d KB can be sent. Ask for less: a smaller limit, fewer columns, or one page or row at a time.", len(text)>>10, maxAnswer>>10)}
	}
	return outcome{status: caller.StatusOK, text: withChanges(ctx, text)}
}

// failed makes the outcome of an error and tells the owner what only the
// owner can mend.
func (t *Tools) failed(ctx context.Context, d *tool, err error) outcome {
	status := caller.StatusError
	switch {
	case context.Cause(ctx) == errDeadline:
		status = caller.StatusTimeout
	case ctx.Err() != nil:
		status = caller.StatusCancelled
	case fault.Is(err, changes.CodeRefused), d.writes && t.barred(ctx) != "":
		status = caller.StatusRefused
	}
	if t.o.OnCodaError != nil && coda.IsKind(err, coda.KindUnauthorized, coda.KindForbidden, coda.KindStuck) {
		t.o.OnCodaError(err)
	}
	writeCallOf(ctx).asked = fault.Is(err, changes.CodeAsked, changes.CodeRefused)
	t.o.Log.Debug("tools: call failed", "tool", d.name, "status", string(status))
	return outcome{status: status, text: t.withoutAbsent(t.explain(ctx, d, err)) + orChange(ctx)}
}

func rawArguments(req mcp.CallToolRequest) []byte {
	if len(req.Params.RawArguments) > 0 {
		return req.Params.RawArguments
	}
	if req.Params.Arguments == nil {
		return nil
	}
	b, err := json.Marshal(req.Params.Arguments)
	if err != nil {
		return nil
	}
	return b
}
