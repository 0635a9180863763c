package words

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// mostComplaints is how many different ones an answer holds; looking for
	// more would cost time, for an answer that nobody reads to its end.
	// mostNumbers is how many rows it names for each.
	mostComplaints = 12
	mostNumbers    = 8
)

// Complaints are what is wrong with the rows of a write. All are gathered, so
// that a model can put everything right at once; rows with the same mistake
// share a sentence.
type Complaints struct {
	Rows  int      // of the write
	texts []string // in the order they came up
	at    map[string][]int
}

// Add notes what is wrong with a row.
func (c *Complaints) Add(row int, text string) {
	if c.at == nil {
		c.at = map[string][]int{}
	}
	if c.at[text] == nil {
		c.texts = append(c.texts, text)
	}
	c.at[text] = append(c.at[text], row)
}

// Full says that there are more than an answer holds.
func (c *Complaints) Full() bool { return len(c.texts) > mostComplaints }

// Err is all of them as one error, or nil when there are none.
func (c *Complaints) Err() error {
	if len(c.texts) == 0 {
		return nil
	}
	var out []string
	for _, text := range c.texts[:min(len(c.texts), mostComplaints)] {
		out = append(out, c.where(c.at[text])+text)
	}
	if c.Full() {
		out = append(out, fmt.Sprintf("There is more from row %d on; put these right first.", c.at[c.texts[mostComplaints]][0]))
	}
	return Say("%s", strings.Join(out, " "))
}

// where names rows: "Rows 1, 3 and 5 of 9: ". A single row needs no number.
func (c *Complaints) where(numbers []int) string {
	if c.Rows == 1 {
		return ""
	}
	if len(numbers) == 1 {
		return fmt.Sprintf("Row %d of %d: ", numbers[0], c.Rows)
	}
	shown := numbers[:min(len(numbers), mostNumbers)]
	last := strconv.Itoa(shown[len(shown)-1])
	if more := len(numbers) - len(shown); more > 0 {
		last = fmt.Sprintf("%d more", more)
	} else {
		shown = shown[:len(shown)-1]
	}
	words := make([]string, len(shown))
	for i, n := range shown {
		words[i] = strconv.Itoa(n)
	}
	return fmt.Sprintf("Rows %s and %s of %d: ", strings.Join(words, ", "), last, c.Rows)
}
