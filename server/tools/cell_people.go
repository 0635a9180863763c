package tools

import (
	"context"
	"regexp"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// mailInText is a person as answers name one: Ada Lovelace <ada@example.com>.
var mailInText = regexp.MustCompile(`^[^<>@]*<([^<>@\s]+@[^<>@\s]+)>$`)

// mostPeople is how many names of one call Coda is asked for.
const mostPeople = 8

// person takes an e-mail address, and offers those of the people who have the
// name that was given instead.
func (w *cellWriter) person(ctx context.Context, c coda.Column, v any) (any, error) {
	s, _ := v.(string)
	s = strings.TrimSpace(s)
	if m := mailInText.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	if words.PlainMail.MatchString(s) {
		return s, nil
	}
	err := misfit(c, "the e-mail address of a person", v)
	if near := w.peopleCalled(ctx, s); near != "" {
		err = fault.With(err, " Perhaps: "+near+".")
	}
	return nil, err
}

// peopleCalled asks Coda who has a name. It is a help only, so that a failure
// is nobody.
func (w *cellWriter) peopleCalled(ctx context.Context, name string) string {
	if near, asked := w.people[name]; asked || name == "" || len(w.people) >= mostPeople {
		return near
	}
	found, err := w.t.searchPeople(ctx, searchPeopleArgs{Document: w.place.Doc.ID, Query: words.Clip(name, 100)})
	if err != nil {
		found.People = nil
	}
	var near []string
	for _, p := range found.People[:min(len(found.People), 5)] {
		near = append(near, words.Clip(words.Clean(p.Name), 60)+" <"+words.Clip(words.Clean(p.Email), 100)+">")
	}
	if w.people == nil {
		w.people = map[string]string{}
	}
	w.people[name] = strings.Join(near, ", ")
	return w.people[name]
}
