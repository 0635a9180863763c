package index

import (
	"fmt"
	"math"
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
	if len(out) > mostClauses {
		out = out[:mostClauses]
		s.say(fmt.Sprintf("Only the first %d words were looked for.", mostClauses))
	}
	s.q.clauses = out
	return nil
}

// meant is what may be meant by a clause that is nowhere.
func (s *search) meant(c clause) ([]clause, error) {
	switch {
	case c.found > 0 || c.exact:
	case c.dense && len(c.words) > 2:
		return s.split(c)
	case !c.dense && len(c.words) == 1:
		err := s.apart(&c)
		if err == nil && c.found == 0 {
			err = s.guess(&c)
		}
		return []clause{c}, err
	case !c.dense:
		return s.oneByOne(c)
	}
	return []clause{c}, nil
}

// apart looks for a word that is nowhere as two that stand side by side, such
// as "email" for "e-mail".
func (s *search) apart(c *clause) error {
	r := []rune(c.words[0])
	best := *c
	for i := 1; i < len(r) && len(r) <= longestWord; i++ {
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
	var out []clause
	for i, w := range c.words {
		one := clause{words: []string{w}, last: c.last && i == len(c.words)-1}
		if err := s.count(&one); err != nil {
			return nil, err
		}
		if one.found == 0 {
			return []clause{c}, nil
		}
		out = append(out, one)
	}
	s.say("“" + strings.Join(c.words, " ") + "” stands nowhere like that; its words were looked for one by one.")
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
	things, rows, err := s.v.Count([]store.Term{{Words: c.words}}, s.own, countLimit)
	c.plain = things+rows >= countLimit
	if err == nil && !c.plain && !c.exact && !c.dense {
		switch n := len(c.words); {
		case c.other != nil:
		case n == 1:
			c.other = stems(c.words[0])
		case n <= mostJoined:
			c.other = []string{strings.Join(c.words, "")}
		}
		things, rows, err = s.v.Count(c.terms(), s.own, countLimit)
	}
	c.found = things + rows
	c.idf = idf(c.found)
	return err
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
