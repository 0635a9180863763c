package tools

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"codabridge/server/tools/words"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

var english = message.NewPrinter(language.English)

// complaint makes one sentence of a failed check: which argument, and what is
// allowed there. Of several it is the same one every time.
func complaint(d *tool, err error) string {
	whole, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return "The arguments of " + d.name + " could not be read."
	}
	bad := firstCause(whole)
	at := words.Clip(strings.Join(bad.InstanceLocation, "."), 100)
	switch k := bad.ErrorKind.(type) {
	case *kind.Required:
		return fmt.Sprintf("The argument %s is missing%s. %s takes: %s.", quoted(k.Missing), inside(at), d.name, strings.Join(d.form().fields, ", "))
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
		return fmt.Sprintf("There is no argument %s%s%s. %s takes: %s.%s", quoted(k.Properties), inside(at),
			fieldsOf(d.form().shape, bad.InstanceLocation, ", only "), d.name, strings.Join(d.form().fields, ", "), elsewhere(d, at))
	case *kind.Type:
		if len(k.Want) == 1 && k.Want[0] == "integer" && k.Got == "number" {
			return fmt.Sprintf("The argument %q must be a whole number, such as 5.", at)
		}
		return fmt.Sprintf("The argument %q must be %s%s, not %s.%s", at, article(k.Want), fieldsOf(d.form().shape, bad.InstanceLocation, " with "),
			article([]string{k.Got}), elsewhere(d, at))
	case *kind.Minimum:
		return fmt.Sprintf("The argument %q must be %s or more.", at, k.Want.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("The argument %q must be %s or less.", at, k.Want.RatString())
	case *kind.MinItems:
		return fmt.Sprintf("The argument %q must have at least %d in it.", at, k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("The argument %q has %d in it, and may have %d at once. Give the rest in another call.", at, k.Got, k.Want)
	case *kind.MinLength:
		return fmt.Sprintf("The argument %q must not be empty.", at)
	case *kind.MaxLength:
		return fmt.Sprintf("The argument %q has %d characters, and may have %d.", at, k.Got, k.Want)
	case *kind.Enum:
		return fmt.Sprintf("The argument %q must be one of: %s.%s", at, listed(k.Want), elsewhere(d, at))
	}
	return fmt.Sprintf("The argument %q does not fit: %s.", at, words.Clip(bad.ErrorKind.LocalizedString(english), 200))
}

// elsewhere names the tool that takes what this one does not.
func elsewhere(d *tool, at string) string {
	if at == "sort" && slices.Contains(d.form().fields, "filter") {
		return " For the order of a column use coda_query_rows with sort."
	}
	if at == "filter" && d.view == "" {
		return " For several conditions use coda_query_rows with where."
	}
	return ""
}

// firstCause is the mistake that stands first in the arguments: the library
// walks maps, whose order changes.
func firstCause(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return e
	}
	first := firstCause(e.Causes[0])
	for _, c := range e.Causes[1:] {
		if c := firstCause(c); before(c, first) {
			first = c
		}
	}
	return first
}

func before(a, b *jsonschema.ValidationError) bool {
	return cmp.Or(slices.CompareFunc(a.InstanceLocation, b.InstanceLocation, compareSteps),
		strings.Compare(strings.Join(a.ErrorKind.KeywordPath(), "/"), strings.Join(b.ErrorKind.KeywordPath(), "/"))) < 0
}

// compareSteps puts the tenth row after the second.
func compareSteps(a, b string) int {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	if errA == nil && errB == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// fieldsOf names what the object at a place of the arguments takes.
func fieldsOf(shape map[string]any, at []string, lead string) string {
	for _, name := range at {
		shape, _ = properties(shape)[name].(map[string]any)
	}
	if len(at) == 0 || len(properties(shape)) == 0 {
		return ""
	}
	return lead + quoted(slices.Sorted(maps.Keys(properties(shape))))
}

func inside(at string) string {
	if at == "" {
		return ""
	}
	return fmt.Sprintf(" inside %q", at)
}

// mostNamed is how many names a sentence gives back.
const mostNamed = 8

func quoted(names []string) string {
	out := make([]string, 0, mostNamed+1)
	for _, n := range names[:min(len(names), mostNamed)] {
		out = append(out, words.Quote(words.Clip(n, 60)))
	}
	if more := len(names) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

func listed(values []any) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return strings.Join(out, ", ")
}

func article(types []string) string {
	out := make([]string, len(types))
	for i, t := range types {
		switch t {
		case "integer":
			out[i] = "a whole number"
		case "string":
			out[i] = "text"
		case "boolean":
			out[i] = "true or false"
		case "array":
			out[i] = "a list"
		case "object":
			out[i] = "an object"
		default:
			out[i] = "a " + t
		}
	}
	return strings.Join(out, " or ")
}
