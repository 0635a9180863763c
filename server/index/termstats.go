package index

import (
	"fmt"
	"math"
	"slices"
	"strings"

	store "codabridge/server/store/index"
)

// termStatistics finds out how rare each word is, and what else may be meant
// by one that is nowhere. When it is broken off, the words that it did not
// reach count as rare ones.
func (s *search) termStatistics() error {
	clauses := s.q.clauses
	for i := range clauses {
		clauses[i].plain, clauses[i].idf = true, rareIDF
	}
	var out []clause
	for i, c := range clauses {
		err := s.count(&c)
		var meant []clause
		if err == nil {
			meant, err = s.meant(c)
		}
		if err != nil {
			s.q.clauses = append(out, clauses[i:]...)
			return err
		}
		out = append(out, meant...)
	}
	s.q.clauses = out
	if len(out) > mostClauses {
		s.q.dropClauses()
		s.say(fmt.Sprintf("Only the first %d words were looked for.", mostClauses) + s.q.without())
	}
	s.ungues()
	s.q.number()
	return nil
}

// ungues takes back what was guessed where all else of the query is nowhere:
// one word a slip away is then not what was meant.
func (s *search) ungues() {
	missing := false
	for _, c := range s.q.clauses {
		if c.found > 0 && !c.guessed {
			return
		}
		missing = missing || c.found == 0
	}
	if !missing {
		return
	}
	for i := range s.q.clauses {
		if c := &s.q.clauses[i]; c.guessed {
			c.other, c.found, c.guessed = nil, 0, false
			c.idf = rareIDF
		}
	}
	s.odd = slices.DeleteFunc(s.odd, func(said string) bool { return slices.Contains(s.guesses, said) })
}

// meant is what may be meant by a clause that is nowhere.
func (s *search) meant(c clause) ([]clause, error) {
	switch {
	case c.exact && c.found == 0 && len(c.words) > 1 && len(s.q.clauses) > 1 && len(s.q.clauses) <= mostNames:
		s.say("The phrase “" + c.said() + "” is in no doc" + s.soFar() + ". Its words were looked for one by one.")
		return s.apartAll(c)
	case c.exact || c.symbol || c.short:
	case c.found > 0:
		err := s.inCompounds(&c)
		if err == nil {
			c.pair, err = s.isPair(&c)
		}
		return []clause{c}, err
	case c.dense && len(c.words) > 2:
		return s.split(c)
	case !c.dense && len(c.words) == 1:
		err := s.apart(&c)
		if err == nil && c.found == 0 {
			err = s.inCompounds(&c)
		}
		if err == nil && c.found == 0 {
			err = s.guess(&c)
		}
		return []clause{c}, err
	case !c.dense:
		return s.oneByOne(c)
	}
	return []clause{c}, nil
}

// fewPlaces is in how many places a word is at most that is looked for as the
// end of longer words too.
const fewPlaces = 50

// inCompounds looks for a word that is rare by itself as the end of longer
// ones, such as "Nummer" for "Rechnungsnummer".
func (s *search) inCompounds(c *clause) error {
	ends := c.compounds()
	if c.found >= fewPlaces || ends == nil {
		return nil
	}
	found, err := s.places(ends)
	if err == nil && found > 0 {
		c.loose = append(c.loose, ends...)
		c.rate(found)
	}
	return err
}

// places is in how many places one of some terms is, up to a limit.
func (s *search) places(terms []store.Term) (int, error) {
	things, rows, err := s.v.Count(terms, s.own, countLimit)
	return things + rows, err
}

// apart looks for a word that is nowhere as two that stand side by side, such
// as "email" for "e-mail".
func (s *search) apart(c *clause) error {
	r := []rune(c.words[0])
	best := *c
	if len(r) > longestWord {
		return nil
	}
	var heads []string
	for i := range r {
		heads = append(heads, string(r[:i]))
	}
	known, err := s.v.Known(heads)
	if err != nil {
		return err
	}
	for i := 1; i < len(r); i++ {
		if !known[heads[i]] {
			continue
		}
		two := clause{words: []string{string(r[:i]), string(r[i:])}, last: c.last}
		if err := s.count(&two); err != nil {
			return err
		}
		if two.found > best.found {
			best = two
		}
	}
	if best.found > 0 {
		s.sayInstead(c.words[0], strings.Join(best.words, " "))
		*c = best
	}
	return nil
}

// oneByOne parts words that were typed with marks between, such as "status:done",
// and stand nowhere so, if each of them is somewhere.
func (s *search) oneByOne(c clause) ([]clause, error) {
	out, err := s.apartAll(c)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(out, func(one clause) bool { return one.found == 0 }) {
		return []clause{c}, nil
	}
	s.say("“" + strings.Join(c.words, " ") + "” stands nowhere like that; its words were looked for one by one.")
	return out, nil
}

// apartAll are the words of a phrase.
func (s *search) apartAll(c clause) (out []clause, err error) {
	for i, w := range c.words {
		one := clause{words: []string{w}, raw: []string{c.raw[i]}, last: c.last && i == len(c.words)-1}
		one.setLoose()
		err = s.count(&one)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// idf is how much a word that is in n places says.
func idf(n int) float64 { return math.Log(1 + 10*countLimit/(float64(n)+1)) }

// rareIDF is that of a word of which nothing is known.
var rareIDF = idf(countLimit / 10)

// mostJoined is how many words with marks between are looked for as one too,
// such as "email" for "e-mail".
const mostJoined = 3

// count finds out in how many places a clause is met. To collect all that
// begin with a word takes long, and is not needed where the word itself is in
// more places than are counted.
func (s *search) count(c *clause) error {
	found, err := s.places([]store.Term{{Words: c.words}})
	c.plain = found >= countLimit
	if err == nil && c.prefix() {
		err = s.spreads(c)
	}
	if err == nil && !c.plain && !c.exact && !c.dense && !c.symbol {
		switch n := len(c.words); {
		case c.other != nil:
		case n == 1:
			c.other = otherForms(c.words[0])
		case n <= mostJoined && !strings.ContainsAny(c.words[0]+c.words[n-1], "0123456789"): // of numbers it is a loose form
			c.other = []string{strings.Join(c.words, "")}
		}
		found, err = s.places(c.strict())
	}
	c.found = found
	if err == nil && len(c.loose) > 0 {
		found, err = s.places(c.loosely())
		if found == 0 {
			c.loose = nil // nothing to look for
		}
	}
	c.rate(found)
	return err
}

// rate notes how often a clause is met beside its strict forms. How rare it is
// is decided by those, where there are any.
func (c *clause) rate(loosely int) {
	c.idf = idf(c.found)
	if c.found == 0 {
		c.found, c.idf = loosely, idf(loosely)
	}
}

// How much the words may take that begin as those of a query do: of one word
// as much as it takes, and of all others no more than mostSpread; what takes less
// than someSpread does not count.
const (
	mostSpread = 240
	someSpread = 30
)

// spreads takes a word by itself of which so many are longer, beside others of
// that kind, that to look for those would take long.
func (s *search) spreads(c *clause) error {
	w := c.words[len(c.words)-1]
	if len(c.words) > 1 || len(s.q.clauses) < 2 {
		return nil
	}
	looked, asked := s.begun[w]
	if !asked {
		n, err := s.v.Spread(w, s.own)
		if err != nil || n < someSpread {
			return err
		}
		looked = s.spread == 0 || s.spread+n <= mostSpread
		if looked {
			s.spread += n
		}
		s.begun[w] = looked
	}
	if !looked {
		c.plain, c.short = true, true
		s.say("So many words begin as some of these do that not all of them were looked for: use longer words.")
	}
	return nil
}

// split cuts a run of letters that is nowhere as a whole into pairs.
func (s *search) split(c clause) ([]clause, error) {
	var out []clause
	for i := range len(c.words) - 1 {
		pair := clause{words: c.words[i : i+2], dense: true}
		if err := s.count(&pair); err != nil {
			return nil, err
		}
		if pair.found > 0 {
			out = append(out, pair)
		}
	}
	if len(out) == 0 {
		out = append(out, c)
	}
	return out, nil
}
