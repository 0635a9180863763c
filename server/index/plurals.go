package index

import (
	"strings"
	"sync"
)

// irregular are words whose plural is another word, in pairs.
var irregular = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	pairs := strings.Fields(`man men woman women child children person people foot feet tooth teeth goose geese mouse mice louse lice ox oxen
		die dice penny pence brother brethren
		leaf leaves loaf loaves half halves calf calves shelf shelves self selves elf elves wolf wolves knife knives life lives wife wives
		thief thieves scarf scarves hoof hooves wharf wharves sheaf sheaves
		analysis analyses basis bases crisis crises thesis theses hypothesis hypotheses diagnosis diagnoses axis axes oasis oases synthesis syntheses
		parenthesis parentheses emphasis emphases ellipsis ellipses neurosis neuroses prognosis prognoses
		criterion criteria phenomenon phenomena datum data medium media memorandum memoranda curriculum curricula addendum addenda erratum errata
		stratum strata bacterium bacteria symposium symposia aquarium aquaria stadium stadia forum fora referendum referenda automaton automata
		index indices appendix appendices matrix matrices vertex vertices vortex vortices codex codices apex apices
		cactus cacti focus foci fungus fungi nucleus nuclei syllabus syllabi alumnus alumni stimulus stimuli radius radii terminus termini locus loci
		formula formulae larva larvae alga algae antenna antennae vertebra vertebrae alumna alumnae
		schema schemata stigma stigmata quiz quizzes fez fezzes genus genera corpus corpora opus opera
		oeil yeux uomo uomini dio dei ухо уши человек люди ребенок дети друг друзья`)
	for i := 0; i+1 < len(pairs); i += 2 {
		one, many := words(pairs[i]), words(pairs[i+1])
		out[one] = append(out[one], many)
		out[many] = append(out[many], one)
	}
	return out
})

// endings are those by which the plural is made of many words of a language
// without adding to them, in pairs: journal, journaux; luz, luces.
var endings = [][2]string{{"al", "aux"}, {"ail", "aux"}, {"z", "ces"}, {"ao", "oes"}, {"m", "ns"}, {"us", "i"}, {"co", "chi"}, {"ca", "che"}, {"go", "ghi"}, {"ga", "ghe"}}

// plurals are the other number of a word, where it is no longer or shorter
// form of it.
func plurals(w string) []string {
	out := append([]string(nil), irregular()[w]...)
	for _, whole := range compounding {
		if head, ok := strings.CutSuffix(w, whole); ok && len(head) >= shortestHead {
			for _, o := range irregular()[whole] {
				out = append(out, head+o)
			}
		}
	}
	for _, e := range endings {
		for k, ending := range e {
			if base, ok := strings.CutSuffix(w, ending); ok && len(base) >= shortestHead-1 {
				out = append(out, base+e[1-k])
			}
		}
	}
	return out
}

// compounding are those of which longer words are made: firemen, bookshelves.
var compounding = strings.Fields("man men child children shelf shelves wife wives person people foot feet")
