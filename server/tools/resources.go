package tools

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/caller"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// resourceSize is how many characters of a page one resource holds: a client
// asks for it on purpose, and has no cursor.
const resourceSize = 200_000

// resourceRoot begins every address of ours.
const resourceRoot = "coda://doc/"

// template is one kind of resource, and the tool whose offer it shares.
type template struct{ uri, name, title, description, tool string }

var templates = []template{
	{resourceRoot + "{doc}", "document", "Document", "A document as the outline of its pages and tables. doc is an id or a name.", "coda_get_document"},
	{resourceRoot + "{doc}/page/{page}", "page", "Page", "A page as Markdown.", "coda_get_page"},
	{resourceRoot + "{doc}/table/{table}", "table", "Table", "A table as its columns and first rows.", "coda_get_table"},
}

func (t *Tools) addResources() {
	for _, x := range templates {
		t.mcp.AddResourceTemplate(mcp.NewResourceTemplate(x.uri, x.name, mcp.WithTemplateTitle(x.title),
			mcp.WithTemplateDescription(x.description), mcp.WithTemplateMIMEType("text/markdown")),
			func(ctx context.Context, req mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
				return t.readResource(ctx, x, req.Params.URI)
			})
	}
}

// readResource runs under the same checks and the same record as a tool. The
// library's own recovery would hand the text of a panic to the client.
func (t *Tools) readResource(ctx context.Context, x template, uri string) ([]mcp.ResourceContents, error) {
	listed, found := t.byName[x.tool]
	d := &tool{name: x.tool, core: found && listed.core}
	out := t.measured(ctx, "resources/read", len(uri), func(ctx context.Context) outcome {
		return t.guard(d, func() outcome {
			if out, stop := t.permit(ctx, d); stop {
				return out
			}
			ctx, cancel := context.WithTimeoutCause(ctx, t.o.Deadline, errDeadline)
			defer cancel()
			text, err := t.resourceText(ctx, uri)
			if err != nil {
				return t.failed(ctx, d, err)
			}
			return outcome{status: caller.StatusOK, text: words.Clean(text)}
		})
	})
	if out.status != caller.StatusOK {
		return nil, words.Say("%s", out.text)
	}
	return []mcp.ResourceContents{mcp.TextResourceContents{URI: uri, MIMEType: "text/markdown", Text: out.text}}, nil
}

// resourceText reads what an address names.
func (t *Tools) resourceText(ctx context.Context, uri string) (string, error) {
	parts := strings.Split(strings.TrimPrefix(uri, resourceRoot), "/")
	for i, p := range parts {
		plain, err := url.PathUnescape(p)
		if err != nil {
			return "", words.Say("The address %s is not well-formed. Use coda://doc/…, coda://doc/…/page/… or coda://doc/…/table/… with ids.", words.Quote(uri))
		}
		parts[i] = plain
	}
	switch {
	case len(parts) == 1:
		doc, err := t.find.Doc(ctx, parts[0])
		if err != nil {
			return "", err
		}
		d, err := t.describeDocument(ctx, doc)
		return "# " + words.OneLine(d.Name) + "\n\n" + d.Outline, err
	case len(parts) == 3 && parts[1] == "page":
		return t.pageResource(ctx, parts[0], parts[2])
	case len(parts) == 3 && parts[1] == "table":
		p, err := t.find.Table(ctx, parts[0], parts[2])
		if err != nil {
			return "", err
		}
		g, err := t.fetchTable(ctx, p)
		return "# " + words.OneLine(g.Title) + "\n\n" + g.Text, err
	}
	return "", words.NoSuch("There is no resource %s. Use coda://doc/…, coda://doc/…/page/… or coda://doc/…/table/….", words.Quote(uri))
}

func (t *Tools) pageResource(ctx context.Context, doc, page string) (string, error) {
	p, err := t.findPage(ctx, doc, page)
	if err != nil {
		return "", err
	}
	whole, err := t.readPage(ctx, p, false)
	if err == nil {
		err = whole.refusal
	}
	if err != nil {
		return "", err
	}
	text, more := words.Part(whole.text, 0, resourceSize)
	if more > 0 {
		text += "\n… The page is longer; coda_get_page reads it in parts.\n"
	}
	return text, nil
}

// completion gives ids by the beginning or the words of a name.
type completion struct{ t *Tools }

var _ server.ResourceCompletionProvider = completion{}

// CompleteResourceArgument completes doc, page and table of the templates.
func (c completion) CompleteResourceArgument(ctx context.Context, _ string,
	arg mcp.CompleteArgument, given mcp.CompleteContext) (*mcp.Completion, error) {
	return c.complete(ctx, arg, given.Arguments["doc"]), nil
}

// CompletePromptArgument completes the same in prompts.
func (c completion) CompletePromptArgument(ctx context.Context, _ string,
	arg mcp.CompleteArgument, given mcp.CompleteContext) (*mcp.Completion, error) {
	return c.complete(ctx, arg, given.Arguments["document"]), nil
}

// complete never fails: a client asks at every key that is pressed.
func (c completion) complete(ctx context.Context, arg mcp.CompleteArgument, doc string) *mcp.Completion {
	found := &mcp.Completion{Values: []string{}}
	t := c.t
	t.guard(&tool{name: "completion/complete"}, func() outcome {
		if t.o.Ready != nil {
			if _, ok := t.o.Ready(); !ok {
				return outcome{}
			}
		}
		ctx, cancel := context.WithTimeoutCause(ctx, t.o.SearchBudget, errDeadline)
		defer cancel()
		items, err := t.nameable(ctx, arg.Name, doc)
		if err != nil {
			t.o.Log.Debug("tools: complete", "err", err)
			return outcome{}
		}
		fits := bestNames(items, words.Clip(arg.Value, 200))
		found.Total, found.HasMore = len(fits), len(fits) > 100
		found.Values = append(found.Values, fits[:min(len(fits), 100)]...)
		return outcome{}
	})
	return found
}

// nameable are the things that an argument can name.
func (t *Tools) nameable(ctx context.Context, argument, doc string) ([]words.Reference, error) {
	var out []words.Reference
	switch argument {
	case "doc", "document":
		docs, err := t.find.Documents(ctx, find.DocAge)
		for _, d := range docs {
			out = append(out, words.Reference{ID: d.ID, Name: d.Name})
		}
		return out, err
	case "page", "table":
		if doc == "" {
			return nil, nil
		}
	default:
		return nil, nil
	}
	d, err := t.find.Doc(ctx, doc)
	if err != nil {
		return nil, err
	}
	if argument == "page" {
		pages, err := t.find.PagesOf(ctx, d.ID, find.NameAge)
		for _, p := range pages {
			out = append(out, words.Reference{ID: p.ID, Name: p.Name})
		}
		return out, err
	}
	tables, err := t.find.TablesOf(ctx, d.ID, find.NameAge)
	for _, g := range tables {
		out = append(out, words.Reference{ID: g.ID, Name: g.Name})
	}
	return out, err
}

// wordStart is where a typed beginning may stand in a name.
var wordStart = words.Pattern(`[\pL\pN]+`)

// bestNames gives the ids of the names that fit what was typed: those that
// begin with it, then those with a word that does, then those alike.
func bestNames(items []words.Reference, typed string) []string {
	want := alike.Fold(typed)
	var begin, inside, near []string
	for _, it := range items {
		name := alike.Fold(it.Name)
		switch {
		case strings.HasPrefix(name, want) || strings.HasPrefix(it.ID, typed):
			begin = append(begin, it.ID)
		case slices.ContainsFunc(wordStart().FindAllString(name, -1), func(w string) bool { return strings.HasPrefix(w, want) }):
			inside = append(inside, it.ID)
		case alike.NewQuery(typed).Score(it.Name, "") > 0:
			near = append(near, it.ID)
		}
	}
	return append(append(begin, inside...), near...)
}
