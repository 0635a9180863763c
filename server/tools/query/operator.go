package query

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// ops are the comparisons by their one name.
var ops = []string{"=", "!=", "contains", "not contains", "starts", "in", "not in", ">", ">=", "<", "<=", "between", "empty", "not empty"}

// A checkbox is asked for as other columns are for being empty.
const (
	isTicked   = "true"
	isUnticked = "false"
)

// spelled are other ways to say them, as bareOperator makes them.
var spelled = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for op, ways := range map[string]string{
		"=":            "==,===,is,equals,equal,eq,on,within,during,exactly",
		"!=":           "<>,!==,≠,not,ne,neq,not equal,not equals,other than",
		"contains":     "has,includes,include,contain,containing",
		"not contains": "not contain,not include,not includes,excludes,not has",
		"starts":       "starts with,start with,startswith,begins,begins with,begin with,beginning with,starting with",
		"in":           "one of,any of,among,has any of,contains any of,includes any of,has one of",
		"not in":       "none of,not one of,not any of,notin,nin,has none of",
		">":            "greater,greater than,gt,after,more than,above,over,later than,larger than,exceeds",
		">=": "≥,=>,gte,ge,since,from,on or after,after or on,at least,greater than or equal,greater or equal,more than or equal," +
			"not less than,no less than,not before,no earlier than",
		"<": "less,less than,lt,before,fewer than,below,under,earlier than,smaller than,prior",
		"<=": "≤,=<,lte,le,until,up to,on or before,before or on,at most,less than or equal,less or equal," +
			"not greater than,not more than,no more than,not after,no later than,by",
		"between":   "range,in range",
		"empty":     "blank,null,unset,missing,not set",
		"not empty": "filled,not blank,not null,set,not missing",
		isTicked:    "checked,ticked,yes",
		isUnticked:  "unchecked,not checked,unticked,not true,no",
	} {
		for way := range strings.SplitSeq(ways, ",") {
			out[way] = op
		}
		out[op] = op
	}
	return out
})

// operator reads a comparison. An error is a sentence without its full stop.
func operator(s string) (string, error) {
	name := bareOperator(s)
	short := strings.TrimPrefix(name, "is ")
	for _, way := range []string{name, short, strings.TrimSuffix(short, " to")} {
		if op, ok := spelled()[way]; ok {
			return op, nil
		}
	}
	return "", noOperator(s)
}

func noOperator(s string) error {
	return fmt.Errorf("is cannot be %s. It is one of: %s", quote(s), strings.Join(ops, ", "))
}

// mostOperator is how many bytes of a comparison are looked at.
const mostOperator = 60

// contractions are said in full words.
var contractions = strings.NewReplacer("isn't", "not", "isn’t", "not", "doesn't", "not", "doesn’t", "not", "does not", "not", "is not", "not", "n't ", " not ")

// bareOperator is a comparison in small letters and single spaces, however its
// words are joined: starts_with, startsWith, "Starts  with".
func bareOperator(s string) string {
	if len(s) > mostOperator {
		return s
	}
	var out strings.Builder
	for i, r := range s {
		switch {
		case r == '_' || r == '-':
			out.WriteByte(' ')
			continue
		case i > 0 && unicode.IsUpper(r) && unicode.IsLower(rune(s[i-1])):
			out.WriteByte(' ')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return contractions.Replace(strings.Join(strings.Fields(out.String()), " "))
}

// allowed are the comparisons of a column.
func allowed(k kind) []string {
	if k == truths {
		return []string{"=", "!="}
	}
	if k.ordered() {
		return []string{"=", "!=", "in", "not in", ">", ">=", "<", "<=", "between", "empty", "not empty"}
	}
	return []string{"=", "!=", "contains", "not contains", "starts", "in", "not in", "empty", "not empty"}
}

// comparison is an operator that a column takes: a checkbox that is empty is
// false.
func comparison(c *Column, is any) (op string, ticked, bare bool, err error) {
	name, _ := is.(string)
	if is == nil {
		name = "="
	}
	op, err = operator(name)
	if err != nil {
		return "", false, false, err
	}
	switch {
	case c.kind() == truths && (op == "empty" || op == isUnticked):
		return "=", false, true, nil
	case c.kind() == truths && (op == "not empty" || op == isTicked):
		return "=", true, true, nil
	case op == isTicked || op == isUnticked:
		return "", false, false, noOperator(name)
	}
	if !slices.Contains(allowed(c.kind()), op) {
		err = fmt.Errorf("%s is %s and cannot be compared by %q. It takes: %s", quote(c.Name), c.kind(), op, strings.Join(allowed(c.kind()), ", "))
	}
	return op, false, op == "empty" || op == "not empty", err
}

// KnowsOperator tells that a text is a comparison, in one of its spellings.
func KnowsOperator(s string) bool {
	_, err := operator(s)
	return err == nil
}
