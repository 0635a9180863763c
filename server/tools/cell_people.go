package tools

import (
	"context"
	"strings"
	"time"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// mailInText is a person as answers name one: Ada Lovelace <ada@example.com>.
var mailInText = words.Pattern(`^[^<>@]*<([^<>@\s]+@[^<>@\s]+)>$`)

// mostPeople is how many names of one call Coda is asked for.
const mostPeople = 8

// person takes an e-mail address, the whole name of just one person, or "me",
// and offers those who have a name like the one that was given instead.
func (w *cellWriter) person(ctx context.Context, c coda.Column, v any) (any, error) {
	s, _ := v.(string)
	s = strings.TrimSpace(s)
	if m := mailInText().FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	if words.PlainMail().MatchString(s) {
		return s, nil
	}
	if isMe(s) {
		me, err := w.t.me(ctx)
		if err != nil || me.LoginID != "" {
			return me.LoginID, err
		}
	}
	near := w.peopleCalled(ctx, s)
	meant := alike.Of(s, near, func(p coda.Person) string { return p.Name })
	if len(meant) == 1 && meant[0].Email != "" {
		return meant[0].Email, nil
	}
	w.several[c.ID] = len(meant) > 1
	err := misfit(c, `the e-mail address of a person, or "me"`, v)
	if len(near) > 0 {
		err = fault.With(err, " Perhaps: "+peopleWords(near)+".")
	}
	return nil, err
}

// isMe says that a person is the one whose account this is.
func isMe(s string) bool { return strings.EqualFold(s, "me") || strings.EqualFold(s, "myself") }

// meAge is how long it is known whose account this is.
const meAge = 10 * time.Minute

// me is the person whose account this is.
func (t *Tools) me(ctx context.Context) (coda.User, error) {
	return t.self.Get(ctx, "", meAge, t.o.Coda.WhoAmI)
}

func peopleWords(people []coda.Person) string {
	var out []string
	for _, p := range people[:min(len(people), 5)] {
		out = append(out, words.Clip(words.Clean(p.Name), 60)+" <"+words.Clip(words.Clean(p.Email), 100)+">")
	}
	return strings.Join(out, ", ")
}

// peopleCalled asks Coda who has a name. It is a help only, so that a failure
// is nobody.
func (w *cellWriter) peopleCalled(ctx context.Context, name string) []coda.Person {
	if near, asked := w.people[name]; asked || name == "" || len(w.people) >= mostPeople {
		return near
	}
	found, err := w.t.searchPeople(ctx, searchPeopleArgs{Document: w.place.Doc.ID, Query: words.Clip(name, 100)})
	if err != nil {
		found.People = nil
	}
	if w.people == nil {
		w.people = map[string][]coda.Person{}
	}
	w.people[name] = found.People
	return w.people[name]
}
