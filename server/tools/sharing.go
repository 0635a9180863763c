package tools

import (
	"cmp"
	"context"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// permission is one access to a document.
type permission struct {
	ID        string         `json:"id"`
	Access    string         `json:"access"`
	Principal map[string]any `json:"principal"`
}

// who names whom a permission is for.
func (p permission) who() string {
	for _, field := range []string{"email", "groupName", "groupId", "domain", "workspaceId", "internalAccessType"} {
		if s := words.Field(p.Principal, field); s != "" {
			return cmp.Or(words.Field(p.Principal, "type"), "principal") + " " + s
		}
	}
	return cmp.Or(words.Field(p.Principal, "type"), "unknown")
}

type getSharingArgs struct {
	Document string `json:"document"`
}

type sharedWith struct {
	ID     string `json:"id"`
	With   string `json:"with"`
	Access string `json:"access"`
}

type getSharingResult struct {
	Document   words.Reference `json:"document"`
	SharedWith []sharedWith    `json:"shared_with"`
	Settings   map[string]bool `json:"settings"`
	May        map[string]bool `json:"may"`
	Note       string          `json:"note,omitempty"`
}

func (t *Tools) getSharing(ctx context.Context, a getSharingArgs) (getSharingResult, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return getSharingResult{}, err
	}
	out := getSharingResult{Document: *docRef(doc), SharedWith: []sharedWith{}}
	var permissions []permission
	err = words.EachOf(ctx, 3, func(ctx context.Context, i int) (err error) {
		args := coda.Args{"docId": doc.ID}
		switch i {
		case 0:
			permissions, err = t.permissions(ctx, doc.ID)
		case 1:
			out.Settings, err = flags(ctx, t, "getAclSettings", args)
		default:
			out.May, err = flags(ctx, t, "getSharingMetadata", args)
		}
		return err
	})
	for _, p := range permissions[:min(len(permissions), 300)] {
		out.SharedWith = append(out.SharedWith, sharedWith{p.ID, words.Clip(words.Clean(p.who()), 200), p.Access})
	}
	if more := len(permissions) - len(out.SharedWith); more > 0 {
		out.Note = words.Count(more, "more permission") + " not shown."
	}
	return out, err
}

// flags keeps the truth values of an answer, under names of our own style.
func flags(ctx context.Context, t *Tools, operation string, args coda.Args) (map[string]bool, error) {
	raw, err := read[map[string]any](ctx, t, operation, args)
	out := map[string]bool{}
	for name, v := range raw {
		if b, ok := v.(bool); ok {
			out[snake(name)] = b
		}
	}
	return out, err
}

// snake writes allowCopying as allow_copying.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (t *Tools) permissions(ctx context.Context, doc string) ([]permission, error) {
	return find.Walk(func(token string) (coda.Page[permission], error) {
		return read[coda.Page[permission]](ctx, t, "getPermissions", some(coda.Args{"docId": doc, "limit": 100}, "pageToken", token))
	})
}

var getSharingTool = declare(tool{
	name:        "coda_get_sharing",
	title:       "Who has access",
	description: "Says with whom a document is shared (with the permission ids), its sharing settings, and what the owner of the token may do about it.",
	repeatable:  true,
	input: `{"type":"object","properties":{"document":{"type":"string","description":"Id, name or link."}},
		"required":["document"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"shared_with":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"with":{"type":"string"},"access":{"type":"string"}}}},
		"settings":{"type":"object","additionalProperties":{"type":"boolean"}},"may":{"type":"object","additionalProperties":{"type":"boolean"}},"note":{"type":"string"}},
		"required":["document","shared_with","settings","may"],"additionalProperties":false}`,
}, (*Tools).getSharing)

type searchPeopleArgs struct {
	Document string `json:"document"`
	Query    string `json:"query"`
}

type searchPeopleResult struct {
	People []coda.Person     `json:"people"`
	Groups []words.Reference `json:"groups"`
}

func (t *Tools) searchPeople(ctx context.Context, a searchPeopleArgs) (searchPeopleResult, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return searchPeopleResult{}, err
	}
	type answer struct {
		Users []struct {
			Name    string `json:"name"`
			LoginID string `json:"loginId"`
		} `json:"users"`
		Groups []struct {
			ID   string `json:"groupId"`
			Name string `json:"groupName"`
		} `json:"groups"`
	}
	found, err := read[answer](ctx, t, "searchPrincipals", some(coda.Args{"docId": doc.ID}, "query", a.Query))
	out := searchPeopleResult{People: []coda.Person{}, Groups: []words.Reference{}}
	for _, u := range found.Users[:min(len(found.Users), 50)] {
		out.People = append(out.People, coda.Person{Name: u.Name, Email: u.LoginID})
	}
	for _, g := range found.Groups[:min(len(found.Groups), 50)] {
		out.Groups = append(out.Groups, words.Reference{ID: g.ID, Name: g.Name})
	}
	return out, err
}

var searchPeopleTool = declare(tool{
	name:        "coda_search_people",
	title:       "Find people",
	description: "Finds people (with e-mail, as person columns and sharing need it) and groups that a document can be shared with.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"query":{"type":"string","description":"Part of a name or e-mail address."}},
		"required":["document","query"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"people":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"email":{"type":"string"}}}},
		"groups":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}}}},
		"required":["people","groups"],"additionalProperties":false}`,
}, (*Tools).searchPeople)
