package app

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"codabridge/assets"
	"codabridge/server/tools"
)

// deeds are the words, each of which has to stand where the owner is told what a
// yes to writing gives, for each core tool that writes.
var deeds = map[string][]string{
	"coda_create_rows": {"add", "row"}, "coda_update_row": {"chang", "row"}, "coda_delete_rows": {"delet", "row"},
	"coda_create_page": {"mak", "page"}, "coda_update_page": {"renam", "page"}, "coda_append_to_page": {"edit", "page"}, "coda_edit_page": {"edit", "page"},
}

// TestAYesToWritingIsSaidInFull: the sign-in tab, the card of the decision and the
// choice of tools name all that the core tools can change, and a wider choice says
// that it is one.
func TestAYesToWritingIsSaidInFull(t *testing.T) {
	t.Parallel()
	said := map[string]string{"the sign-in tab": changesWith(tools.Toolset{Name: tools.CoreTools})}
	for page, place := range map[string]string{"owner_home.html": `Writing is {{if eq .Toolset.Name "core"}}([^{]*)`, "owner_settings.html": `> (Core: [^<]*)`} {
		html, err := fs.ReadFile(assets.Files, "pages/"+page)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(place).FindSubmatch(html)
		if found == nil {
			t.Fatalf("%s says nothing of it", page)
		}
		said[page] = string(found[1])
	}
	writing := 0
	for _, o := range tools.Offers() {
		if !o.Core || !o.Writes {
			continue
		}
		writing++
		words := deeds[o.Name]
		if words == nil {
			t.Errorf("the core tool %s writes, and nothing says what: name it in the sentences, and here", o.Name)
		}
		for where, sentence := range said {
			for _, w := range words {
				if !strings.Contains(strings.ToLower(sentence), w) {
					t.Errorf("%s does not say what %s does (%s): %s", where, o.Name, w, sentence)
				}
			}
		}
	}
	if writing != len(deeds) {
		t.Errorf("%d core tools write, and %d are known here", writing, len(deeds))
	}
	for _, wide := range []tools.Toolset{{Name: tools.FullTools}, {Name: tools.CustomTools}, {Name: tools.CoreTools, Admin: true}} {
		if s := changesWith(wide); !strings.Contains(s, "all tools you offer") {
			t.Errorf("%+v: %s", wide, s)
		}
	}
}
