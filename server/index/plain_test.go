//go:build !race

package index_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"codabridge/server/index"
	store "codabridge/server/store/index"
)

// plainly weighs places as the documentation of the room says, one after the
// other, by words in quotation marks.
type plainly struct {
	kind                      int
	id, doc                   string
	title, head, text, around []string
}

// standing counts a phrase in a part.
func standing(phrase, part []string) (n float64) {
	for i := 0; i+len(phrase) <= len(part); i++ {
		if slices.Equal(part[i:i+len(phrase)], phrase) {
			n++
		}
	}
	return n
}

func (p plainly) has(phrase []string) bool {
	return standing(phrase, p.title)+standing(phrase, p.head)+standing(phrase, p.text) > 0
}

// weight: names count most, headings more than text, a long text dilutes, and a
// name around stands for a word.
func (p plainly) weight(phrases [][]string, rarity []float64) float64 {
	total, all := 0.0, 0.0
	for i, phrase := range phrases {
		tf := 6*min(standing(phrase, p.title), 2) + 2.5*min(standing(phrase, p.head), 2) +
			standing(phrase, p.text)/math.Sqrt(1+float64(len(p.text)+len(p.head))/150) + 1.2*min(standing(phrase, p.around), 1)
		total, all = total+rarity[i]*tf/(tf+1.5), all+rarity[i]
	}
	return total / all * (1 + p.near(phrases)) * p.named(slices.Concat(phrases...)) * []float64{1.15, 1.05, 1, 0.95}[p.kind]
}

// near is up to a half for neighbours with at most two words between.
func (p plainly) near(phrases [][]string) float64 {
	return p.nearest(len(phrases), 0, func(k int, part []string) bool {
		for i := range part {
			from := i + len(phrases[k])
			if from <= len(part) && slices.Equal(part[i:from], phrases[k]) &&
				standing(phrases[k+1], part[from:min(len(part), from+2+len(phrases[k+1]))]) > 0 {
				return true
			}
		}
		return false
	})
}

// nearest is near of n words, by the part in which most of them are beside the
// next, and no fewer than are known to be.
func (p plainly) nearest(n, known int, beside func(k int, part []string) bool) float64 {
	if n < 2 {
		return 0
	}
	best := known
	for _, part := range [][]string{p.title, p.head, p.text} {
		pairs := 0
		for k := range n - 1 {
			if beside(k, part) {
				pairs++
			}
		}
		best = max(best, pairs)
	}
	return 0.5 * float64(best) / float64(n-1)
}

func (p plainly) named(words []string) float64 {
	switch {
	case slices.Equal(p.title, words):
		return 1.8
	case len(p.title) > len(words) && slices.Equal(p.title[:len(words)], words):
		return 1.3
	}
	return 1
}

// plainAccount is an account of which it is known what stands where.
func plainAccount(t testing.TB, r *rand.Rand, sealed bool) (*filled, []plainly) {
	var said []string
	say := func(most int) string {
		var out []string
		for range 1 + r.IntN(most) {
			out = append(out, vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64())])
		}
		said = append(said, strings.Join(out, " "))
		return said[len(said)-1]
	}
	names := []string{say(2), say(3)}
	f := newFilled(t, names...)
	var all []plainly
	for i, name := range names {
		doc, around := f.all[i].ID, strings.Fields(name)
		all = append(all, plainly{kind: store.Docs, id: "doc:" + doc, doc: doc, title: around})
		var pages [][2]string
		for k := range 25 {
			title, before, head, after := say(3), say(30), say(3), say(60)
			pages = append(pages, [2]string{title, before + "\n# " + head + "\n" + after})
			all = append(all, plainly{store.Pages, fmt.Sprintf("page:%s/canvas-%d-%d", doc, i, k), doc, strings.Fields(title), strings.Fields(head),
				strings.Fields(before + " " + after), around})
		}
		table := say(2)
		all = append(all, plainly{store.Tables, fmt.Sprintf("table:%s/grid-%d", doc, i), doc, strings.Fields(table), nil, []string{"name", "text"}, around})
		said = nil
		f.tableAndPages(i, table, false, pages, 120, say, sealed)
		for k := range 120 {
			all = append(all, plainly{store.Rows, fmt.Sprintf("row:%s/grid-%d/i-%d", doc, i, k), doc, strings.Fields(said[2*k]), nil,
				strings.Fields(said[2*k+1]), slices.Concat(strings.Fields(table), around)})
		}
	}
	return f, all
}

// TestTheBestAreThoseOfAPlainWeighing: which ten are the best, how many fit, and
// that nothing of a doc that may not be seen counts.
func TestTheBestAreThoseOfAPlainWeighing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 11))
		f, all := plainAccount(t, r, seed == 1)
		if seed == 1 {
			f.must(f.db.Seal(context.Background(), 0))
		}
		compared := 0
		for range 120 {
			var phrases [][]string
			query := ""
			for range 1 + r.IntN(3) {
				phrase := []string{vocabulary[r.IntN(12)]}
				if r.IntN(4) == 0 {
					phrase = append(phrase, vocabulary[r.IntN(12)])
				}
				phrases, query = append(phrases, phrase), query+` "`+strings.Join(phrase, " ")+`"`
			}
			ask := index.Ask{Query: query, Limit: 10}
			without := ""
			if r.IntN(4) == 0 {
				without = vocabulary[r.IntN(12)]
				ask.Query += " -" + without
			}
			if r.IntN(3) == 0 {
				ask.Documents = []string{f.all[r.IntN(2)].ID}
			}
			fits, scores := plainBest(all, phrases, without, ask.Documents)
			if fits == nil || len(phrases) > 1 && len(scores) < 8 {
				continue // then it looks for less
			}
			compared++
			for what, search := range map[string]func(context.Context, index.Ask) (index.Answer, error){"best": f.x.Search, "all": f.x.SearchAll} {
				a, err := search(context.Background(), ask)
				f.must(err)
				comparePlain(t, fmt.Sprint(what, " of", ask.Query, " in ", ask.Documents), a, fits, scores)
			}
		}
		if compared < 30 {
			t.Errorf("only %d queries could be compared", compared)
		}
	}
}

// plainBest weighs all that fits; scores are those of what is shown, the best
// first.
func plainBest(all []plainly, phrases [][]string, without string, docs []string) (fits map[string]float64, scores []float64) {
	all = slices.DeleteFunc(slices.Clone(all), func(p plainly) bool { return docs != nil && !slices.Contains(docs, p.doc) })
	rarity := make([]float64, len(phrases))
	for i, phrase := range phrases {
		n := 0.0
		for _, p := range all {
			if p.has(phrase) {
				n++
			}
		}
		rarity[i] = math.Log(1 + 20_000/(n+1))
		if n == 0 {
			return nil, nil
		}
	}
	fits = map[string]float64{}
	shown := alikes{}
	for _, p := range all {
		if slices.ContainsFunc(phrases, func(phrase []string) bool { return !p.has(phrase) }) || without != "" && p.has([]string{without}) {
			continue
		}
		fits[p.id] = p.weight(phrases, rarity)
		shown.add(p, fits[p.id])
	}
	return fits, shown.scores()
}

// alikes are the weights of what fits. Rows of one title and table are shown as
// one, where they are more than two.
type alikes map[string][]float64

func (a alikes) add(p plainly, w float64) {
	key := p.id
	if p.kind == store.Rows {
		key = p.id[:strings.LastIndex(p.id, "/")] + " " + strings.Join(p.title, " ")
	}
	a[key] = append(a[key], w)
}

// scores are those of what is shown, the best first.
func (a alikes) scores() (all []float64) {
	best := func(a, b float64) int { return cmp.Compare(b, a) }
	for _, ws := range a {
		slices.SortFunc(ws, best)
		if len(ws) > 2 {
			ws = ws[:1]
		}
		all = append(all, ws...)
	}
	slices.SortFunc(all, best)
	return all
}

func comparePlain(t *testing.T, what string, a index.Answer, fits map[string]float64, scores []float64) {
	t.Helper()
	total := 0
	for _, n := range a.Kinds {
		total += n
	}
	if total != len(fits) || len(a.Hits) != min(10, len(scores)) {
		t.Errorf("%s: %d fit and %d are shown, want %d and %d", what, total, len(a.Hits), len(fits), min(10, len(scores)))
		return
	}
	for i, h := range a.Hits {
		if w, ok := fits[h.ID]; !ok || math.Abs(w-scores[i]) > 1e-9 {
			t.Errorf("%s: hit %d is %s, which weighs %v (%v), want one of %v", what, i, h.ID, w, ok, scores[i])
		}
	}
}
