//go:build !race

package index_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"codabridge/server/index"
)

// animals stand in texts, some in two forms; the last ones name columns too.
var animals = strings.Fields("otter otters badger badgers heron newt newts stoat toad lynx marten keeper cage diet")

// asked is a word of a query, or a column and its value with a colon between.
type asked struct {
	words []string
	pair  bool
}

// at is how well it is met by the words from i on.
func (a asked) at(in []string, i int) float64 {
	last := len(a.words) - 1
	if i+last < len(in) && slices.Equal(in[i:i+last], a.words[:last]) {
		switch have, want := in[i+last], a.words[last]; {
		case have == want:
			return 1
		case strings.HasPrefix(have, want):
			return 0.75
		}
	}
	if last == 0 && slices.Contains(index.Others(a.words[0]), in[i]) {
		return 0.6
	}
	return 0
}

func (a asked) in(part []string) (n float64) {
	for i := range part {
		n += a.at(part, i)
	}
	return n
}

// valued is a place with the values of its columns.
type valued struct {
	plainly
	columns map[string][]string
}

// value is how often both sides of a colon are a column and in its value.
func (p valued) value(a asked) (n float64) {
	for label, value := range p.columns {
		if a.pair && label == a.words[0] {
			n += asked{words: a.words[1:]}.in(value)
		}
	}
	return n
}

func (p valued) labelled(a asked) bool {
	for label := range p.columns {
		if a.in([]string{label}) > 0 {
			return true
		}
	}
	return false
}

func (p valued) own(a asked) (title, head, text float64) {
	return a.in(p.title), a.in(p.head), a.in(p.text)
}

// fits tells whether the place has all words, one of them perhaps as the name of
// a column.
func (p valued) fits(all []asked) bool {
	labels := 0
	for _, a := range all {
		title, head, text := p.own(a)
		switch {
		case title+head+text+p.value(a) > 0:
		case p.labelled(a) && len(all) > 1:
			labels++
		default:
			return false
		}
	}
	return labels < 2
}

func (p valued) weight(all []asked, rarity []float64) (weight, share float64) {
	total, sum, met := 0.0, 0.0, 0.0
	var whole []string
	for i, a := range all {
		title, head, text := p.own(a)
		own := 6*min(title, 2) + 2.5*min(head, 2) + (text+p.value(a))/math.Sqrt(1+float64(len(p.text)+len(p.head))/150)
		around := a.in(p.around)
		if around == 0 && p.labelled(a) {
			around = 1
		}
		tf := own + 1.2*min(around, 1)
		total, sum = total+rarity[i]*tf/(tf+1.5), sum+rarity[i]
		switch {
		case own > 0:
			met += rarity[i]
		case tf > 0:
			met += 0.7 * rarity[i]
		}
		whole = append(whole, a.words...)
	}
	met /= sum
	return total / sum * met * met * (1 + p.near(all)) * p.named(whole) * []float64{1.15, 1.05, 1, 0.95}[p.kind], met
}

// near is plainly.near, and a column beside its value is near it too.
func (p valued) near(all []asked) float64 {
	pairs := 0
	for k := range len(all) - 1 {
		for label, value := range p.columns {
			of, one, two := []string{label}, all[k], all[k+1]
			if one.in(of) > 0 && two.in(value) > 0 || two.in(of) > 0 && one.in(value) > 0 {
				pairs++
				break
			}
		}
	}
	return p.nearest(len(all), pairs, func(k int, part []string) bool { return beside(all[k], all[k+1], part) })
}

// beside tells whether b stands behind a in a part, with at most two words between.
func beside(a, b asked, part []string) bool {
	for i := range part {
		if a.at(part, i) == 0 {
			continue
		}
		for k := i + len(a.words); k < min(i+len(a.words)+3, len(part)); k++ {
			if b.at(part, k) > 0 {
				return true
			}
		}
	}
	return false
}

// TestWordsOfColumnsAreThoseOfAPlainWeighing: plain words with their longer and
// their other forms, columns and their values, words left out and docs by name.
func TestWordsOfColumnsAreThoseOfAPlainWeighing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 13))
		f, all := valuedAccount(t, r)
		if seed > 0 {
			f.must(f.db.Seal(context.Background(), 0))
		}
		compared, ofSeveral := 0, 0
		for range 150 {
			ask, query, without := askedOf(r, f)
			fits, scores, few := bestValued(all, query, without, ask.Documents)
			if fits == nil || len(query) > 1 && few {
				continue // then it looks for less
			}
			compared++
			if len(query) > 1 {
				ofSeveral++
			}
			for what, search := range map[string]func(context.Context, index.Ask) (index.Answer, error){"best": f.x.Search, "all": f.x.SearchAll} {
				a, err := search(context.Background(), ask)
				f.must(err)
				comparePlain(t, fmt.Sprintf("%d: %s of %q in %v", seed, what, ask.Query, ask.Documents), a, fits, scores)
			}
		}
		if compared < 50 || ofSeveral < 10 {
			t.Errorf("only %d queries could be compared, %d of them of several words", compared, ofSeveral)
		}
	}
}

// askedOf is a random query; each word of it is typed to its end.
func askedOf(r *rand.Rand, f *filled) (ask index.Ask, query []asked, without string) {
	word := func() string { return animals[r.IntN(len(animals))] }
	for range 1 + r.IntN(3) {
		a := asked{words: []string{word()}}
		if r.IntN(5) == 0 {
			a = asked{[]string{[]string{"keeper", "cage"}[r.IntN(2)], word()}, true}
		}
		query, ask.Query = append(query, a), ask.Query+strings.Join(a.words, ":")+" "
	}
	if r.IntN(4) == 0 {
		without = word()
		ask.Query += "-" + without + " "
	}
	if r.IntN(3) == 0 {
		ask.Documents = []string{f.all[r.IntN(2)].ID}
	}
	ask.Limit = 10
	return ask, query, without
}

// bestValued is plainBest; few tells that so few have nearly all words that it is
// looked for others.
func bestValued(all []valued, query []asked, without string, docs []string) (fits map[string]float64, scores []float64, few bool) {
	all = slices.DeleteFunc(slices.Clone(all), func(p valued) bool { return docs != nil && !slices.Contains(docs, p.doc) })
	rarity := make([]float64, len(query))
	for i, a := range query {
		n := 0.0
		for _, p := range all {
			if title, head, text := p.own(a); title+head+text > 0 {
				n++
			}
		}
		rarity[i] = math.Log(1 + 20_000/(n+1))
		if n == 0 {
			return nil, nil, false
		}
	}
	fits = map[string]float64{}
	shown, good := alikes{}, 0
	for _, p := range all {
		if !p.fits(query) || without != "" && p.has([]string{without}) {
			continue
		}
		w, share := p.weight(query, rarity)
		if share > 0.75 {
			good++
		}
		fits[p.id] = w
		shown.add(p.plainly, w)
	}
	return fits, shown.scores(), good < 8
}
