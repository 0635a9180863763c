package codatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// showRow gives a row with its values keyed by column id, or by name.
func (s *Server) showRow(d *Doc, t *Table, r *Row, q url.Values) map[string]any {
	values := make(map[string]any, len(t.Columns))
	byName := q.Get("useColumnNames") == "true"
	for i, c := range t.Columns {
		key := c.ID
		if byName {
			key = c.Name
		}
		v := s.show(d, valueAt(r, i), c, q.Get("valueFormat"))
		if n, ok := v.(float64); ok && s.knobs.Odd {
			v = strconv.FormatFloat(n, 'f', -1, 64) // numbers come as text at times
		}
		values[key] = v
	}
	return map[string]any{"id": r.ID, "type": "row", "name": d.rowName(t, r), "index": r.index,
		"href": s.api("/docs/" + d.ID + "/tables/" + t.ID + "/rows/" + r.ID), "browserLink": d.rowLink(t, r),
		"createdAt": stamp(r.Created), "updatedAt": stamp(r.Updated), "values": values}
}

func (s *Server) listRows(r *request) (any, error) {
	t, err := s.findTable(r)
	if err != nil {
		return nil, err
	}
	clamp := s.knobs.ClampRows
	if clamp == 0 {
		clamp = 500
	}
	if asked, _ := strconv.Atoi(r.URL.Query().Get("limit")); s.knobs.RowsTimeout > 0 && max(asked, 1) > s.knobs.RowsTimeout {
		return nil, refuse(http.StatusGatewayTimeout, "Gateway Timeout")
	}
	c, err := s.cursorOf(r, 25, clamp)
	if err != nil {
		return nil, err
	}
	rows, err := s.selectRows(r.doc, t, c.query)
	if err != nil {
		return nil, err
	}
	out := paged(s, c, rows, func(row *Row) map[string]any { return s.showRow(r.doc, t, row, c.query) })
	if _, more := out["nextPageToken"]; !more {
		out["nextSyncToken"] = encodeToken([]byte(fmt.Sprintf("%s %d", t.ID, r.doc.seq)))
	}
	return out, nil
}

// selectRows applies query, syncToken and sortBy.
func (s *Server) selectRows(d *Doc, t *Table, q url.Values) ([]*Row, error) {
	rows := append([]*Row(nil), t.rows()...)
	keep, err := rowFilter(d, t, q.Get("query"), s.knobs.QueryBy)
	if err != nil {
		return nil, err
	}
	since, err := syncedUntil(t, q.Get("syncToken"))
	if err != nil {
		return nil, err
	}
	kept := rows[:0]
	for _, r := range rows {
		if keep(r) && (since < 0 || r.seq > since) {
			kept = append(kept, r)
		}
	}
	switch q.Get("sortBy") {
	case "natural":
		if q.Get("visibleOnly") == "false" {
			return nil, refuse(http.StatusBadRequest, "sortBy natural needs visibleOnly.")
		}
	case "createdAt":
		sort.SliceStable(kept, func(i, k int) bool { return kept[i].Created.Before(kept[k].Created) })
	case "updatedAt":
		sort.SliceStable(kept, func(i, k int) bool { return kept[i].Updated.Before(kept[k].Updated) })
	case "":
	default:
		return nil, &fault{status: http.StatusBadRequest, message: "sortBy is not valid", shape: ShapeSchema}
	}
	return kept, nil
}

// syncedUntil reads a sync token; -1 when there is none.
func syncedUntil(t *Table, token string) (int, error) {
	if token == "" {
		return -1, nil
	}
	b, err := decodeToken(token)
	id, number, ok := strings.Cut(string(b), " ")
	n, err2 := strconv.Atoi(number)
	if err != nil || err2 != nil || !ok || id != t.ID {
		return 0, &fault{status: http.StatusBadRequest, shape: ShapeBare}
	}
	return n, nil
}

// rowFilter reads query, which is column:json with a column name in quotes.
func rowFilter(d *Doc, t *Table, query, by string) (func(*Row) bool, error) {
	if query == "" {
		return func(*Row) bool { return true }, nil
	}
	bad := refuse(http.StatusBadRequest, "Invalid query. Expected <column_id_or_name>:<value>.")
	column, rest := "", ""
	if strings.HasPrefix(query, `"`) {
		dec := json.NewDecoder(strings.NewReader(query))
		if dec.Decode(&column) != nil {
			return nil, bad
		}
		rest = query[dec.InputOffset():]
	} else {
		end := strings.IndexByte(query, ':')
		if end < 0 {
			return nil, bad
		}
		column, rest = query[:end], query[end:]
	}
	var value any
	if !strings.HasPrefix(rest, ":") || json.Unmarshal([]byte(rest[1:]), &value) != nil {
		return nil, bad
	}
	i, c := t.column(column)
	if c == nil {
		return nil, refuse(http.StatusBadRequest, "Could not find a column with the specified ID or name.")
	}
	if !comparable(value, c, by) {
		return func(*Row) bool { return false }, nil
	}
	want := d.text(value, &Column{Type: "text"})
	return func(r *Row) bool { return d.text(valueAt(r, i), c) == want }, nil
}

// comparable says whether the value of a query is of the right type.
func comparable(value any, c *Column, by string) bool {
	_, isText := value.(string)
	switch by {
	case "text":
		return isText
	case "type":
		_, isBool := value.(bool)
		switch c.Type {
		case "number", "percent", "slider", "scale", "currency":
			return !isText && !isBool
		case "checkbox":
			return isBool
		}
		return isText
	}
	return true
}

func (s *Server) findRow(r *request) (*Table, *Row, error) {
	t, err := s.findTable(r)
	if err != nil {
		return nil, nil, err
	}
	want := r.PathValue("row")
	row := find(t.rows(), func(x *Row) bool { return x.ID == want }, func(x *Row) bool { return r.doc.rowName(t, x) == want })
	if row == nil {
		return nil, nil, refuse(http.StatusNotFound, "Could not find a row with the specified ID or name.")
	}
	return t, row, nil
}

func (s *Server) getRow(r *request) (any, error) {
	t, row, err := s.findRow(r)
	if err != nil {
		return nil, err
	}
	out := s.showRow(r.doc, t, row, r.URL.Query())
	out["parent"] = s.tableRef(r.doc, t)
	return out, nil
}
