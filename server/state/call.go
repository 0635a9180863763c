package state

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"
)

// Call is one finished call in the record of what assistants did: never what it
// was about.
type Call struct {
	ID         int64     `json:"-"` // grows with each that is noted
	Time       time.Time `json:"time"`
	Connection string    `json:"connection"` // id of the grant, or of a program over stdio
	Name       string    `json:"name"`       // of the connection, at that time
	Tool       string    `json:"tool"`
	Doc        string    `json:"doc,omitempty"`      // id
	DocName    string    `json:"doc_name,omitempty"` // as it was known
	Ms         float64   `json:"ms"`
	BytesIn    int       `json:"bytes_in"`
	BytesOut   int       `json:"bytes_out"`
	Result     string    `json:"result"` // ok, error, refused, timeout, cancelled or fault
}

// Ended says in a few words how the call ended.
func (c Call) Ended() string {
	switch c.Result {
	case "ok":
		return "worked"
	case "error":
		return "told why not"
	case "timeout":
		return "took too long"
	case "cancelled":
		return "given up"
	}
	return c.Result
}

// WriteJSON writes calls as JSON objects, one a line.
func WriteJSON(w io.Writer, each func(take func(Call) error) error) error {
	lines := json.NewEncoder(w)
	return each(func(c Call) error { return lines.Encode(c) })
}

// csvColumns are the columns of WriteCSV.
var csvColumns = []string{"time", "connection", "name", "tool", "doc", "doc_name", "ms", "bytes_in", "bytes_out", "result"}

// WriteCSV writes calls as CSV (RFC 4180) with a line of names first. A name
// that a spreadsheet would take for a formula gets an apostrophe before it.
func WriteCSV(w io.Writer, each func(take func(Call) error) error) error {
	lines := csv.NewWriter(w)
	lines.UseCRLF = true
	if err := lines.Write(csvColumns); err != nil {
		return err
	}
	err := each(func(c Call) error {
		return lines.Write([]string{c.Time.UTC().Format(time.RFC3339Nano), noFormula(c.Connection), noFormula(c.Name), noFormula(c.Tool),
			noFormula(c.Doc), noFormula(c.DocName), strconv.FormatFloat(c.Ms, 'f', -1, 64), strconv.Itoa(c.BytesIn), strconv.Itoa(c.BytesOut), c.Result})
	})
	if err != nil {
		return err
	}
	lines.Flush()
	return lines.Error()
}

// noFormula makes text of what a spreadsheet would work out (OWASP, CSV
// Injection): whatever a formula may begin with, in both widths, also behind
// blanks, and in every line, since some programs cut at line breaks.
func noFormula(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	bare := strings.TrimSpace(strings.TrimLeft(text, "\ufeff\u200b\u00a0"))
	if bare != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(bare)[0]) {
		return "'" + text
	}
	return text
}
