//go:build unix && !race

package tools_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// workSize is how many bytes an argument has in the test below. The largest
// body that the doors take has 4 MiB: -work 4194304 takes some minutes.
var workSize = flag.Int("work", 8<<10, "bytes of an argument in the test of what work it makes")

// spent is the time that this process has had of a processor.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// heavy are arguments that may make work out of proportion, each as JSON.
func heavy(n int) map[string]string {
	again := func(s string) string { return strings.Repeat(s, n/len(s)+1) }
	list := func(s string) string { return "[" + strings.TrimSuffix(again(s+","), ",") + "]" }
	var keys strings.Builder
	for i := 0; keys.Len() < n; i++ {
		fmt.Fprintf(&keys, `"k%d":1,`, i)
	}
	object := "{" + strings.TrimSuffix(keys.String(), ",") + "}"
	text := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	return map[string]string{
		"digits": again("7"), "a fraction": "0." + again("7"), "digits as text": text(again("7")), "exponents": list("1e9999"), "a tower": "1e999999999",
		"a tower as text": text("1e999999999"), "exponents as text": text(list("1e990")), "letters": text(again("a")), "words": text(again("ab ")), "dashes": text(again("a-")),
		"marks": text(again("e\u0301\u0327\u0323")), "hidden": text(again("\u200b")), "lines": text(again("a\n")), "long lines": text(again(strings.Repeat("ab", 700) + "\n")),
		"open lists": text(again("[")), "open lists as they are": strings.Repeat("[", min(n/2, 9000)) + strings.Repeat("]", min(n/2, 9000)),
		"open objects": text(again(`{"a":`)), "many keys": object, "many keys as text": text(object), "many texts": list(`"ab"`), "many objects": list(`{"column":"Name","value":"x"}`),
		"many rows": list(`{"cells":[{"column":"name","value":"x"},{"column":"STATUS","value":"oPen"}]}`), "text within text": text(text(text(again(`"`)))), "pipes": text(again("| a |\n|--|\n")),
		"pictures": text(again("![a](b)")), "headings": text(again("#### ")), "fences": text(again("```\n")), "angles": text(again("<img ")), "quotes": text(again("\"a\" ")),
		"colons": text(again("doc:a/")), "a long address": text("https://coda.io/d/" + again("a/")), "dots": text(again("a.")), "times": text(again("2026-11-20T15:04:05Z ")),
	}
}

// TestNoArgumentMakesWorkBeyondItsSize: a number of 4 MB took 39 s of a
// processor, on after its client had left. It runs alone, since it counts what
// the whole process takes.
func TestNoArgumentMakesWorkBeyondItsSize(t *testing.T) {
	r := newHarness(t, full, func(s *settings) { s.fake.Check = func(*http.Request, []byte) error { return nil } })
	calls := goodCalls()
	calls["coda_query_rows"] = object{"document": planDoc, "table": tasksTable}
	values := heavy(*workSize)
	kinds := slices.Sorted(maps.Keys(values))
	turn := 0
	long := json.RawMessage("1." + strings.Repeat("7", 4<<20)) // one that a float64 can hold
	for _, digits := range []any{long, string(long), json.RawMessage(strings.Repeat("7", 4<<20))} {
		r.bearable("coda_list_rows", "4 MB of digits for limit", object{"document": planDoc, "table": tasksTable, "limit": digits})
	}
	for _, d := range r.listTools() {
		for _, name := range slices.Sorted(maps.Keys(shapeOf(t, d).Properties)) {
			for i, kind := range kinds {
				if i != turn%len(kinds) {
					continue
				}
				r.bearable(d.Name, kind+" for "+name, spoiled(calls[d.Name], name, json.RawMessage(values[kind])))
			}
			turn++
		}
	}
	in := func(more object) object {
		args := object{"document": planDoc, "table": tasksTable}
		maps.Copy(args, more)
		return args
	}
	same, variants, strangers := slices.Repeat([]string{"Name"}, 50_000), make([]string, 20_000), object{}
	for i := range variants {
		variants[i] = "Name" + strings.Repeat(" ", i%100) + strings.Repeat("\u200b", i/100)
		strangers[fmt.Sprint("f", i)] = 1
	}
	for _, names := range [][]string{same, variants} {
		r.bearable("coda_list_rows", "names of columns", in(object{"columns": names}))
		r.bearable("coda_create_rows", "key columns", in(object{"rows": []object{{"Name": "x"}}, "key_columns": names}))
	}
	r.bearable("coda_list_documents", "strange arguments", strangers)
	for kind, v := range values {
		v := json.RawMessage(v)
		for _, column := range []string{"Points", "Goal", "Status", "Owner"} {
			r.bearable("coda_update_row", kind+" in "+column, in(object{"row": "i-paint", "values": object{column: v}}))
		}
		r.bearable("coda_list_rows", kind+" in a filter", in(object{"filter": object{"column": "Points", "equals": v}}))
		r.bearable("coda_query_rows", kind+" in a condition", in(object{"where": []object{{"column": "Points", "is": "in", "value": v}}}))
		r.bearable("coda_api_call", kind+" in a call", object{"operation": "updateRow", "arguments": object{"docId": planDoc, "tableIdOrName": tasksTable, "rowIdOrName": v}})
		r.bearable("coda_get_account", kind+" for a stranger", object{"stranger": v, "_own": v})
	}
}

// bearable holds a call to what its arguments are worth: a microsecond a byte,
// of which reading them several times on the way takes a tenth.
func (r *harness) bearable(tool, what string, args object) {
	r.Helper()
	before := spent()
	if a := r.call(tool, args); a.isError {
		a.helpful(what)
	}
	took := spent() - before
	size := len(mustJSON(args))
	if most := 300*time.Millisecond + time.Duration(size)*time.Microsecond; took > most {
		r.Errorf("%s: %s took %v of a processor, more than %v", tool, what, took.Round(time.Millisecond), most)
	}
	if size > 1<<20 {
		r.Logf("%s: %s took %v", tool, what, took.Round(time.Millisecond))
	}
	r.tools.Forget()
	r.fake.ClearLog()
}
