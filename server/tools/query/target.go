package query

import (
	"fmt"
	"math/big"
	"net/mail"
	"slices"
	"strings"
	"time"

	"codabridge/server/alike"
)

// Env is what a question is asked in.
type Env struct {
	// Now says what today is; its location is the owner's zone.
	Now time.Time
	// MyName and MyEmail are who "me" is; empty when not known.
	MyName, MyEmail string
}

// target is what an entry is compared with.
type target struct {
	given      string // as the question has it, "me" by the name
	text, also string // folded
	bare       string // text without its accents
	number     *big.Rat
	unit       string // the currency that was given
	span       period
	truth      bool

	met        bool   // some row has it
	who, other string // of those that were met by name: who was first, and one more
}

func readTarget(c *Column, op string, v any, env Env) (target, error) {
	text, ok := scalar(v)
	t := target{given: text, text: alike.Caseless(text)}
	if !ok || t.text == "" {
		return target{}, fmt.Errorf(`%q on %s needs "value": %s. For cells without a value use "empty"`, op, quote(c.Name), example(c))
	}
	var err error
	switch c.kind() {
	case numbers:
		ok = t.amount(c, text)
	case lengths:
		t.number, ok = length(text)
	case clocks:
		t.number, ok = clock(text)
	case days, moments:
		err = t.date(c, op, text, env)
	case truths:
		t.truth, ok = truthOf(t.text)
	case people:
		t.person(text, env)
	case relation:
		if m := nameAndID().FindStringSubmatch(text); m != nil {
			t.text, t.also = alike.Caseless(m[1]), alike.Caseless(m[2])
		}
	case words:
		err = t.option(c, op, text)
	}
	if !ok {
		err = fmt.Errorf("%s is %s, and %s cannot be compared with it. Give %s", quote(c.Name), c.kind(), quote(text), example(c))
	}
	t.bare = bare(t.text)
	return t, err
}

// amount reads a number; of a percent one that is hardly meant as a fraction
// needs its sign.
func (t *target) amount(c *Column, text string) (ok bool) {
	t.number, t.unit, ok = amount(text)
	if !ok || t.unit != "" && c.Takes != nil && !c.Takes(t.unit) {
		return false
	}
	percent := strings.HasSuffix(text, "%")
	if c.Type != "percent" {
		return !percent // of a slider from 0 to 100 it may be 50 or 0.5
	}
	two := big.NewRat(2, 1)
	return percent || new(big.Rat).Abs(t.number).Cmp(two) < 0
}

// date reads a day, a period or a moment.
func (t *target) date(c *Column, op, text string, env Env) (err error) {
	t.span, err = readPeriod(text, env.Now)
	if err != nil {
		return fmt.Errorf("for %s: %w", quote(c.Name), err)
	}
	if roll := t.span.roll; roll < 0 && op == ">" || roll > 0 && op == "<" {
		return fmt.Errorf(`for %s: %q with %s may mean within that time or outside of it. For within use "=", for outside compare with "today"`, quote(c.Name), op, quote(text))
	}
	if c.kind() != days {
		return nil
	}
	if len(text) > len(time.DateOnly) && t.span.to.Sub(t.span.from) <= time.Minute { // with a time: the day is the one written
		if at, ok := day(text[:len(time.DateOnly)], time.UTC); ok {
			t.span = unit("day", at, 0)
			return nil
		}
	}
	t.span = t.span.inDays()
	return nil
}

// truthOf reads what stands for a checkbox.
func truthOf(text string) (truth, ok bool) {
	if slices.Contains([]string{"true", "yes", "1", "checked", "done", "on", "ticked", "t", "y", "x"}, text) {
		return true, true
	}
	return false, slices.Contains([]string{"false", "no", "0", "unchecked", "not done", "off", "unticked", "not checked", "f", "n"}, text)
}

// nameAndID is a related row as answers tell it apart from its namesakes.
var nameAndID = pattern(`^(.+) \((i-[A-Za-z0-9_-]+)\)$`)

// me are the words for the one who asks.
var me = []string{"me", "myself", "@me"}

// NamesMe tells whether conditions, as Spec.Where has them, ask for the one who
// asks.
func NamesMe(where any) bool {
	switch x := where.(type) {
	case string:
		return slices.Contains(me, alike.Caseless(x))
	case []any:
		return slices.ContainsFunc(x, NamesMe)
	case map[string]any:
		for _, v := range x {
			if NamesMe(v) {
				return true
			}
		}
	}
	return false
}

// person reads a name, an e-mail, both as mail programs write them, or "me".
func (t *target) person(text string, env Env) {
	if slices.Contains(me, t.text) && (env.MyEmail != "" || env.MyName != "") {
		t.given, t.text, t.also = env.MyName, alike.Caseless(env.MyName), alike.Caseless(env.MyEmail)
		return
	}
	if a, err := mail.ParseAddress(text); err == nil && a.Name != "" {
		t.text, t.also = alike.Caseless(a.Name), alike.Caseless(a.Address)
	} else if m := nameAndMail().FindStringSubmatch(text); m != nil { // a name that mail programs would quote
		t.text, t.also = alike.Caseless(m[1]), alike.Caseless(m[2])
	}
}

// nameAndMail is a person as answers tell one apart from namesakes.
var nameAndMail = pattern(`^(.+) [<(]([^<>()\s]+@[^<>()\s]+)[>)]$`)

// option reads a text, which of a choice is one of the column's. A link may be
// given as answers show one, by its name and address.
func (t *target) option(c *Column, op, text string) error {
	if m := nameAndAddress().FindStringSubmatch(text); m != nil && c.Type != "text" && c.Type != "canvas" {
		t.text, t.also = alike.Caseless(m[1]), alike.Caseless(m[2])
	}
	if c.Type != "select" || len(c.Options) == 0 || op == "contains" || op == "not contains" || op == "starts" {
		return nil
	}
	fits := alike.Of(text, c.Options, func(o string) string { return o })
	for i := range fits {
		fits[i] = alike.Caseless(fits[i])
	}
	fits = slices.Compact(fits)
	if len(fits) == 1 {
		t.text = fits[0]
		return nil
	}
	return fmt.Errorf("%s has no option %s. The options are: %s", quote(c.Name), quote(text), nearest(text, c.Options, 30))
}

var nameAndAddress = pattern(`^\[(.+)\]\((\S+)\)$`)

func example(c *Column) string {
	switch c.kind() {
	case numbers:
		if c.Type == "percent" {
			return `a number such as 0.35 or "35%"`
		}
		if c.Currency != "" {
			return "an amount such as 1200.5 in " + c.Currency
		}
		return "a number such as 1200.5"
	case days, moments:
		return whenHelp
	case clocks:
		return `a time such as "14:30"`
	case lengths:
		return `a duration such as "2 hours" or "3 days"`
	case truths:
		return "true or false"
	case people:
		return `a name, an e-mail or "me"`
	}
	return "a text"
}
