package owner

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"codabridge/server/door"
	"codabridge/server/fault"
)

// Action is one thing that the owner can do. It is written once and mounted on
// the page, behind the session guard, and on the socket of the owner's
// commands, at "/" and its name.
type Action struct {
	Name   string
	Fields []Field
	// Do does it. The form holds the action's own fields and no others; the
	// error is a sentence for the owner, or one that ForOwner makes one of.
	Do func(ctx context.Context, form Form) (Answer, error)
}

// Field is one value that an action takes.
type Field struct {
	Name string
	Kind Kind
}

// Kind says what may stand in a field.
type Kind int

// The kinds of fields.
const (
	Text   Kind = iota // one text; absent is empty
	Secret             // a text that no command may take from its arguments
	Many               // any number of texts
	Switch             // "true" or "false"; must be there
	Option             // "true" or "false"; absent is "false"
	Number             // a whole number from 1 on; absent or empty is none
	Moment             // a time that has been, as fault.SinceOf takes it; absent or empty is none
)

// Form is what was sent to an action, checked against its fields.
type Form struct{ values url.Values }

// Text is the text of a field.
func (f Form) Text(name string) string { return f.values.Get(name) }

// All are the texts of a field of many.
func (f Form) All(name string) []string { return f.values[name] }

// Number is the number of a field; 0 where there is none.
func (f Form) Number(name string) int {
	n, _ := strconv.Atoi(f.Text(name)) // checked
	return n
}

// On tells how a switch or an option stands.
func (f Form) On(name string) bool { return f.values.Get(name) == "true" }

// Answer is what an action says when it is done, as JSON.
type Answer map[string]any

// say is the answer of a sentence to show beside the form.
func say(sentence string) Answer { return Answer{"message": sentence} }

// ServeHTTP takes a form and answers 200 with the Answer, or 422 with the
// sentence that says why not. It admits everybody: who mounts it guards it.
// Only the body is read, since addresses are kept in places.
func (a Action) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	answer, err := Answer(nil), req.ParseForm()
	if err != nil {
		err = fault.Wrap(err, fault.CodeInput, "The form did not arrive whole. Try again.")
	}
	if err == nil {
		err = a.check(req.PostForm)
	}
	if err == nil {
		answer, err = a.Do(req.Context(), Form{req.PostForm})
	}
	if answer == nil {
		answer = say("")
	}
	door.WriteResult(w, answer, ForOwner(err))
}

// check holds a form against the fields. A switch that says neither is refused
// rather than taken for off: it may be the one against all writing.
func (a Action) check(form url.Values) error {
	for name := range form {
		if !slices.ContainsFunc(a.Fields, func(f Field) bool { return f.Name == name }) {
			return fault.New(fault.CodeInput, "The action %s takes no %q. Leave it out.", a.Name, fault.Clip(name, 40))
		}
	}
	for _, f := range a.Fields {
		got, most := form[f.Name], 1
		if f.Kind == Many {
			most = len(got)
		}
		if len(got) > most {
			return fault.New(fault.CodeInput, "The action %s takes %s once. Leave the others out.", a.Name, f.Name)
		}
		if err := a.checkValue(f, strings.Join(got, ""), len(got) > 0); err != nil {
			return err
		}
	}
	return nil
}

// checkValue holds one value against the kind of its field.
func (a Action) checkValue(f Field, value string, given bool) error {
	switch f.Kind {
	case Switch, Option:
		if value != "true" && value != "false" && (given || f.Kind == Switch) {
			return fault.New(fault.CodeInput, "Say true or false for %s of the action %s.", f.Name, a.Name)
		}
	case Number:
		if n, err := strconv.Atoi(value); value != "" && (err != nil || n < 1) {
			return fault.New(fault.CodeInput, "Say a whole number from 1 on for %s of the action %s, not %q.", f.Name, a.Name, fault.ClipLine(value, 40))
		}
	case Moment:
		_, err := fault.SinceOf(value, time.Now())
		return err
	}
	return nil
}
