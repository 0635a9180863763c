package codatest

import (
	"cmp"
	"fmt"
	"slices"
)

// Snapshot says all that the workspace holds, field by field and without ids, so
// that two states of it can be compared: each field by its path.
func (s *Server) Snapshot() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for i, d := range s.work.Docs {
		at := fmt.Sprintf("doc %d ", i)
		out[at+"facts"] = fmt.Sprintf("%q icon %q in %q, published %v", d.Name, cmp.Or(d.Icon, "document"), d.Folder, d.published)
		h := d.sharing
		out[at+"settings"] = fmt.Sprint(h.editorsMayShare, h.noCopying, h.mayAskToEdit)
		var shared []string
		for _, p := range h.permissions {
			shared = append(shared, fmt.Sprint(p.access, p.principal))
		}
		slices.Sort(shared)
		out[at+"sharing"] = fmt.Sprint(shared)
		d.snapshotPages(out, at, d.Pages)
		for _, t := range d.Tables {
			d.snapshotTable(out, at+"table "+t.Name+" ", t)
		}
	}
	for i, f := range s.folders {
		out[fmt.Sprintf("folder %d", i)] = f.name + ": " + f.description
	}
	return out
}

func (d *Doc) snapshotPages(out map[string]string, at string, pages []*Page) {
	for i, p := range pages {
		here := fmt.Sprintf("%spage %d ", at, i)
		out[here+"facts"] = fmt.Sprintf("%q subtitle %q icon %q hidden %t kind %s", p.Name, p.Subtitle, p.Icon, p.Hidden, p.Kind)
		for k, e := range p.elements {
			out[fmt.Sprintf("%sline %d", here, k)] = fmt.Sprintf("%s %d %s %q %s", e.style, e.level, e.mark, e.text, e.table)
		}
		d.snapshotPages(out, here, p.Children)
	}
}

// snapshotTable sorts the rows, since those that come back come last. A box that
// was never ticked is the same as one that is not.
func (d *Doc) snapshotTable(out map[string]string, at string, t *Table) {
	if t.base != nil {
		return
	}
	var rows []string
	for _, r := range t.Rows {
		row := ""
		for i, c := range t.Columns {
			text := d.text(valueAt(r, i), c)
			if c.Type == "checkbox" {
				text = cmp.Or(text, "false")
			}
			if !c.Calculated {
				row += c.Name + "=" + text + "; "
			}
		}
		rows = append(rows, row)
	}
	slices.Sort(rows)
	for i, row := range rows {
		out[fmt.Sprintf("%srow %d", at, i)] = row
	}
}
