package fault

// Clip shortens what came from outside before it enters a sentence, a log or
// an answer: to n characters, of which the last is then "…".
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes, cut := 0, 0
	for i := range s {
		if runes == n-1 {
			cut = i
		}
		runes++
		if runes > n {
			return s[:cut] + "…"
		}
	}
	return s
}
