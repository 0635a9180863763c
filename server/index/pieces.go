package index

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// piece is one part of a query as typed.
type piece struct {
	text, field string
	quoted, not bool
}

// pieces cuts at spaces outside quotation marks.
func pieces(text string) []piece {
	var out []piece
	text = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "\u3000", " ").Replace(text)
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return out
		}
		var p piece
		if rest := strings.TrimPrefix(text, "-"); rest != text && rest != "" && !strings.HasPrefix(rest, "-") && !unicode.IsSpace(rune(rest[0])) {
			p.not, text = true, rest
		}
		if field, rest, ok := strings.Cut(text, ":"); ok && (strings.EqualFold(field, "doc") || strings.EqualFold(field, "type")) {
			rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
			if rest != "" { // "doc: name" is meant as "doc:name"
				p.field, text = strings.ToLower(field), rest
			}
		}
		if rest, ok := strings.CutPrefix(text, `"`); ok {
			p.quoted = true
			p.text, text, _ = strings.Cut(rest, `"`)
		} else {
			end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
			if end < 0 {
				end = len(text)
			}
			p.text, text = text[:end], text[end:]
		}
		if p.text != "" {
			out = append(out, p)
		}
	}
}

// cut gives the words of a text.
func cut(text string) []string {
	var out []string
	for _, t := range tokens(text) {
		out = append(out, t.text)
	}
	return out
}

// clausesOf makes clauses of a piece: a word with marks inside (an e-mail
// address, SUP-1204) is a phrase, and so is each run of letters of a writing
// without spaces. Japanese particles between two words are let go.
func clausesOf(p piece) []clause {
	if p.quoted {
		if w := cut(p.text); len(w) > 0 {
			return []clause{{words: w, raw: w, exact: true}}
		}
		return nil
	}
	var out []clause
	dense := -1 // kind of the run so far
	for _, t := range tokens(p.text) {
		kind := runOf(t)
		if len(out) == 0 || kind != dense {
			out = append(out, clause{dense: kind != plainRun})
			dense = kind
		}
		c := &out[len(out)-1]
		c.words = append(c.words, t.text)
		c.raw = append(c.raw, p.text[t.start:t.end])
	}
	if len(out) > 0 {
		out[0].international = isInternational(p.text)
	}
	if len(out) == 1 {
		out[0].dates = numbered(p.text, out[0].words)
	}
	for i := range out {
		out[i].joined = len(out[i].words) > 1
		out[i].pair = out[i].joined && !out[i].dense && strings.ContainsAny(p.text, ":=")
	}
	return withoutParticles(out)
}

// symbolsOf makes a clause of each picture or sign of a text.
func symbolsOf(text string) []clause {
	var out []clause
	for _, r := range text {
		w := partMark + string(r)
		if isSymbol(r) && !slices.ContainsFunc(out, func(c clause) bool { return c.words[0] == w }) {
			out = append(out, clause{words: []string{w}, raw: []string{string(r)}, symbol: true})
		}
	}
	return out
}

const (
	plainRun = iota
	denseRun
	hiraganaRun
)

func runOf(t token) int {
	switch r := []rune(t.text); {
	case !t.letter || len(r) == 0:
		return plainRun
	case unicode.Is(unicode.Hiragana, r[0]):
		return hiraganaRun
	}
	return denseRun
}

// withoutParticles drops runs of hiragana that stand beside other words, which
// are grammar; alone they are what is meant.
func withoutParticles(in []clause) []clause {
	var out []clause
	for _, c := range in {
		r := []rune(c.words[0])
		if c.dense && unicode.Is(unicode.Hiragana, r[0]) && len(c.words) <= 4 {
			continue
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return in
	}
	return out
}

// filler are words that say little, in the languages that have been asked for;
// they are left out as long as others remain.
var filler = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`a an and are as at be by can did do does for from had has have how i in is it me my of on or our that the their there
		they them his her its these those this to was were we what when where which who whom whose why will with without you your about should would could happens happen vs versus doc docs document documents page pages table tables row rows
		der die das den dem des ein eine einen einer eines und oder ist sind im in am an auf bei für fur mit nach von vom zu zum zur wie was wer wo wann ich wir
		le la les un une des du de et ou est sont au aux en dans pour par sur avec que qui quoi comment quand nous je
		el los las una unos y o es son del al por para con como que quien donde cuando
		o e os as um uma do da dos das no na em com il lo gli i che di
		и в на с по для как что кто где когда не το η ο και για`) {
		out[words(w)] = true
	}
	return out
})

func withoutFiller(in []clause) []clause {
	out := slices.DeleteFunc(slices.Clone(in), func(c clause) bool {
		return !c.exact && len(c.words) == 1 && filler()[c.words[0]]
	})
	if len(out) == 0 {
		return in
	}
	return out
}
