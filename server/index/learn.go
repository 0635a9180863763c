package index

import (
	"fmt"
	"math"

	"codabridge/server/store"
)

// learn finds out how rare each word is, and what else may be meant by one
// that is nowhere.
func (s *search) learn() error {
	var out []clause
	for _, c := range s.q.clauses {
		if err := s.count(&c); err != nil {
			return err
		}
		if c.found == 0 && c.dense && !c.exact && len(c.words) > 2 {
			parts, err := s.split(c)
			if err != nil {
				return err
			}
			out = append(out, parts...)
			continue
		}
		if c.found == 0 && !c.exact && !c.dense && len(c.words) == 1 {
			if err := s.guess(&c); err != nil {
				return err
			}
		}
		out = append(out, c)
	}
	if len(out) > mostClauses {
		out = out[:mostClauses]
		s.say(fmt.Sprintf("Only the first %d words were looked for.", mostClauses))
	}
	s.q.clauses = out
	return nil
}

// count finds out in how many places a clause is met. To collect all that
// begin with a word takes long, and is not needed where the word itself is in
// more places than are counted.
func (s *search) count(c *clause) error {
	things, rows, err := s.v.Count([]store.IndexTerm{{Words: c.words}}, countLimit)
	c.plain = things+rows >= countLimit
	if err == nil && !c.plain && !c.exact && !c.dense {
		if len(c.words) == 1 {
			c.other = stems(c.words[0])
		}
		things, rows, err = s.v.Count(c.terms(), countLimit)
	}
	c.found = things + rows
	c.idf = math.Log(1 + 10*countLimit/(float64(c.found)+1))
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
