package words

import "strings"

// mostDiffLines bounds the comparison, whose cost grows with the square.
const mostDiffLines = 1500

// Difference shows line by line what goes (-) and what comes (+), with two
// lines of what stays around it.
func Difference(before, after string) string {
	a, b := textLines(before), textLines(after)
	if len(a) > mostDiffLines || len(b) > mostDiffLines {
		return "The texts are too long to compare: " + Count(len(a), "line") + " would give way to " + Count(len(b), "line") + "."
	}
	marked := compare(a, b)
	near := make([]bool, len(marked))
	for i, l := range marked {
		if l[0] != ' ' {
			for k := max(i-2, 0); k <= min(i+2, len(marked)-1); k++ {
				near[k] = true
			}
		}
	}
	var out []string
	gap := false
	for i, l := range marked {
		if !near[i] {
			gap = true
			continue
		}
		if gap && len(out) > 0 {
			out = append(out, "…")
		}
		gap = false
		out = append(out, l)
	}
	if len(out) == 0 {
		return "No difference."
	}
	return strings.Join(out, "\n")
}

// textLines leaves out empty lines, which Coda adds and drops at will.
func textLines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		l = strings.TrimRight(l, " \t\r\n")
		if l != "" {
			out = append(out, l)
		}
	}
	return out
}

// compare marks the lines of both texts by their longest common subsequence.
func compare(a, b []string) []string {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for k := len(b) - 1; k >= 0; k-- {
			if a[i] == b[k] {
				common[i][k] = common[i+1][k+1] + 1
			} else {
				common[i][k] = max(common[i+1][k], common[i][k+1])
			}
		}
	}
	var out []string
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		switch {
		case i < len(a) && k < len(b) && a[i] == b[k]:
			out = append(out, "  "+a[i])
			i, k = i+1, k+1
		case k == len(b) || i < len(a) && common[i+1][k] >= common[i][k+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[k])
			k++
		}
	}
	return out
}
