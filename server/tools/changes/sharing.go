package changes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"codabridge/server/coda"
)

func saysShare(w *Write, _ Image) string {
	return fmt.Sprintf("Shared the doc %s with %s (%s).", called(w), whoIs(field[map[string]any](w.Args, "principal")), text(w.Args, "access"))
}

func saysUnshare(w *Write, before Image) string {
	id := text(w.Args, "permissionId")
	if at := slices.IndexFunc(before.Shared, func(p Permission) bool { return p.ID == id }); at >= 0 {
		return fmt.Sprintf("Took the access to the doc %s from %s.", called(w), whoIs(before.Shared[at].Principal))
	}
	return "Took an access to the doc " + called(w) + " away."
}

// whoIs names whom a doc is shared with.
func whoIs(principal map[string]any) string {
	for _, name := range []string{"email", "groupName", "groupId", "domain", "workspaceId"} {
		if s := text(principal, name); s != "" {
			return s
		}
	}
	if text(principal, "type") == "anyone" {
		return "everybody on the web"
	}
	return "somebody"
}

// samePrincipal compares by what names somebody; Coda adds fields of its own.
func samePrincipal(a, b map[string]any) bool {
	return text(a, "type") == text(b, "type") && strings.EqualFold(whoIs(a), whoIs(b))
}

// sharing reads whom a doc is shared with.
func (j *Journal) sharing(ctx context.Context, doc string) ([]Permission, error) {
	var all []Permission
	next := func(token string) (coda.Page[Permission], error) {
		args := coda.Args{"docId": doc, "limit": 100}
		if token != "" {
			args["pageToken"] = token
		}
		return coda.Listed(coda.CallFor[coda.Page[Permission]](ctx, j.o.Coda, "getPermissions", args))
	}
	for p, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func beforeSharing(ctx context.Context, j *Journal, w *Write) (Image, error) {
	shared, err := j.sharing(ctx, text(w.Args, "docId"))
	return Image{Shared: shared}, err
}

func planAddPermission(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	if c.before.Missing != "" {
		return nil, noImage(c)
	}
	now, err := j.sharing(ctx, c.Doc)
	if err != nil {
		return nil, err
	}
	principal, p := field[map[string]any](c.args, "principal"), &plan{}
	if c.args["suppressEmail"] != true {
		p.notes = append(p.notes, "Coda may have sent an invitation by mail, which cannot be called back.")
	}
	had, fresh, has := Permission{}, Permission{}, Permission{}
	for _, a := range c.before.Shared {
		if samePrincipal(a.Principal, principal) {
			had = a
		}
	}
	for _, a := range now {
		if !samePrincipal(a.Principal, principal) {
			continue
		}
		has = a
		if !slices.ContainsFunc(c.before.Shared, func(b Permission) bool { return b.ID == a.ID }) {
			fresh = a
		}
	}
	part := Part{Name: whoIs(principal), Before: had.Access, After: text(c.args, "access"), Now: has.Access}
	part.Back = fresh.ID == "" && has.Access == had.Access
	p.parts = append(p.parts, part)
	switch {
	case part.Back:
	case fresh.ID != "":
		args := coda.Args{"docId": c.arg("docId"), "permissionId": fresh.ID}
		p.steps = append(p.steps, step{what: "the access of " + part.Name, write: Write{Operation: "deletePermission", Args: args}})
	default:
		p.steps = append(p.steps, shareStep(c, had))
	}
	return p, nil
}

// shareStep shares a doc as it was shared before, without a mail.
func shareStep(c *change, was Permission) step {
	principal := map[string]any{}
	for _, name := range []string{"type", "email", "groupId", "domain", "workspaceId"} {
		if v, ok := was.Principal[name]; ok {
			principal[name] = v
		}
	}
	args := coda.Args{"docId": c.arg("docId"), "access": was.Access, "principal": principal, "suppressEmail": true}
	return step{what: "the access of " + whoIs(was.Principal), write: Write{Operation: "addPermission", Args: args}}
}

func planDeletePermission(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	id := text(c.args, "permissionId")
	at := slices.IndexFunc(c.before.Shared, func(p Permission) bool { return p.ID == id })
	if at < 0 {
		return nil, noImage(c)
	}
	was := c.before.Shared[at]
	now, err := j.sharing(ctx, c.Doc)
	if err != nil {
		return nil, err
	}
	p, part := &plan{}, Part{Name: whoIs(was.Principal), Before: was.Access, After: "none"}
	for _, n := range now {
		if samePrincipal(n.Principal, was.Principal) {
			part.Now, part.Back = n.Access, n.Access == was.Access
		}
	}
	p.parts = append(p.parts, part)
	if !part.Back {
		p.steps = append(p.steps, shareStep(c, was))
	}
	return p, nil
}

// publication is how a doc is published; the zero value is not at all.
type publication struct {
	Link         string `json:"browserLink"`
	Mode         string `json:"mode"`
	Discoverable bool   `json:"discoverable"`
	Categories   []struct {
		Name string `json:"name"`
	} `json:"categories"`
}

func (j *Journal) published(ctx context.Context, doc string) (map[string]any, error) {
	answer, err := coda.CallFor[map[string]any](ctx, j.o.Coda, "getDoc", coda.Args{"docId": doc})
	if err != nil {
		return nil, err
	}
	return map[string]any{"published": answer["published"]}, nil
}

func beforePublishing(ctx context.Context, j *Journal, w *Write) (Image, error) {
	facts, err := j.published(ctx, text(w.Args, "docId"))
	return Image{Facts: facts}, err
}

func (p publication) String() string {
	if p.Link == "" {
		return "not published"
	}
	said := p.Link + " (" + p.Mode
	if p.Discoverable {
		said += ", listed"
	}
	for _, c := range p.Categories {
		said += ", " + c.Name
	}
	return said + ")"
}

func planPublishing(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	if c.before.Facts == nil {
		return nil, noImage(c)
	}
	facts, err := j.published(ctx, c.Doc)
	if err != nil {
		return nil, err
	}
	was, is := field[publication](c.before.Facts, "published"), field[publication](facts, "published")
	p := &plan{parts: []Part{{Name: "on the web", Before: was.String(), Now: is.String(), Back: was.String() == is.String()}}}
	if p.parts[0].Back {
		return p, nil
	}
	w := Write{Operation: "unpublishDoc", Args: c.in("docId")}
	if was.Link != "" {
		w.Operation = "publishDoc"
		w.Args["slug"], w.Args["discoverable"] = was.Link[strings.LastIndexByte(was.Link, '/')+1:], was.Discoverable
		if was.Mode != "" {
			w.Args["mode"] = was.Mode
		}
		names := []string{}
		for _, category := range was.Categories {
			names = append(names, category.Name)
		}
		w.Args["categoryNames"] = names
	}
	p.steps = append(p.steps, step{what: "the publication", write: w})
	return p, nil
}
