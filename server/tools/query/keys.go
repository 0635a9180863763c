package query

import (
	"fmt"
	"slices"
	"strings"
)

// groupKey is one column to group by.
type groupKey struct {
	column int
	by     string // day, week, month, quarter, year; empty for the value itself
}

var units = []string{"day", "week", "month", "quarter", "year"}

// unitSpelled are other ways to say them.
var unitSpelled = map[string]string{"daily": "day", "date": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year", "annual": "year"}

// unitName is the one name of a unit; empty where there is none.
func unitName(s string) string {
	name := strings.ToLower(strings.TrimSpace(s))
	if one, ok := unitSpelled[name]; ok {
		return one
	}
	name = strings.TrimSuffix(name, "s")
	if slices.Contains(units, name) {
		return name
	}
	return ""
}

func (q *Query) readKeys(list []any) error {
	if len(list) > maxGroupBy {
		return fmt.Errorf("group_by takes at most %d columns", maxGroupBy)
	}
	for _, e := range list {
		key, err := q.readKey(e)
		if err != nil {
			return err
		}
		if !slices.Contains(q.groups, key) {
			q.groups = append(q.groups, key)
		}
	}
	return nil
}

func (q *Query) readKey(e any) (groupKey, error) {
	name, by, err := q.keyOf(e)
	if err != nil {
		return groupKey{}, err
	}
	at, err := q.all.find(name, "group_by")
	if unit := unitName(name); err != nil && unit != "" {
		return groupKey{}, fmt.Errorf(`%s is a unit of time: give the column of dates too, such as {"column":%s,"by":%q}`, quote(name), quote(q.all.aDate()), unit)
	}
	if err != nil {
		return groupKey{}, err
	}
	if k := q.all[at].kind(); by != "" && !k.dated() {
		return groupKey{}, fmt.Errorf(`group_by: %s is %s; "by" is for dates`, quote(q.all[at].Name), k)
	} else if by == "" && k == moments {
		by = "day"
	}
	return groupKey{at, by}, nil
}

var isPeriodOf = pattern(`^(?i:(?:(.+?)\s+by\s+(\w+)|(\w+)\s*\(\s*(.+?)\s*\)))$`)

// keyOf reads an entry of group_by: "Due", {"column":"Due","by":"month"}, and of
// what is no column's name "Due by month" and "month(Due)".
func (q *Query) keyOf(e any) (name, by string, err error) {
	switch x := e.(type) {
	case string:
		name = x
		if m := isPeriodOf().FindStringSubmatch(x); len(x) <= mostName && m != nil && !q.all.has(x) {
			if unit := unitName(m[2] + m[3]); unit != "" {
				name, by = m[1]+m[4], unit
			}
		}
	case map[string]any:
		x, err = groupFields.read(x)
		if err != nil {
			return "", "", err
		}
		name, _ = x["column"].(string)
		if given := x["by"]; given != nil {
			text, _ := given.(string)
			by = unitName(text)
			if by == "" {
				return "", "", fmt.Errorf(`group_by: "by" is one of %s`, strings.Join(units, ", "))
			}
		}
	}
	if name == "" {
		err = fmt.Errorf(`group_by takes names of columns, or {"column":"Date","by":"month"}`)
	}
	return name, by, err
}

// order is one column to sort by.
type order struct {
	column int
	down   bool
}

const sortHelp = `sort takes a list such as [{"column":"Due","descending":true}]`

func readSorts(list []any, all columns, part string) ([]order, error) {
	if len(list) > maxSorts {
		return nil, fmt.Errorf("sort takes at most %d columns", maxSorts)
	}
	var out []order
	for _, e := range list {
		name, down, err := sortOf(e, all)
		if err != nil {
			return nil, err
		}
		at, err := all.find(name, part)
		if err != nil {
			return nil, err
		}
		out = append(out, order{at, down})
	}
	return out, nil
}

// sortOf reads an entry of sort: "Due", {"column":"Due","descending":true}, and
// of what is no column's name "Due desc" and "-Due".
func sortOf(e any, all columns) (name string, down bool, err error) {
	switch x := e.(type) {
	case string:
		name = strings.TrimSpace(x)
		if len(name) <= mostName && !all.has(name) {
			name, down = turned(name)
		}
	case map[string]any:
		x, err = sortFields.read(x)
		if err != nil {
			return "", false, err
		}
		name, _ = x["column"].(string)
		down, err = direction(x)
		if x["op"] != nil {
			err = fmt.Errorf("sort by an aggregate is for groups: give group_by, or a column alone")
		}
	}
	if err == nil && name == "" {
		err = fmt.Errorf("%s", sortHelp)
	}
	return name, down, err
}

// turned takes the direction off a name.
func turned(s string) (name string, down bool) {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return strings.TrimSpace(rest), true
	}
	at := strings.LastIndexAny(s, " :")
	if at > 0 {
		if down, ok := directions[strings.ToLower(s[at+1:])]; ok {
			return strings.TrimSpace(strings.TrimRight(s[:at], ": ")), down
		}
	}
	return s, false
}

// directions say which way, and whether it is down.
var directions = map[string]bool{"descending": true, "desc": true, "down": true, "ascending": false, "asc": false, "up": false}

// direction is which way a column is sorted.
func direction(o map[string]any) (down bool, err error) {
	v, given := o["descending"]
	up, turned := o["ascending"]
	text, _ := scalar(v)
	if turned {
		text, _ = scalar(up)
	}
	text = strings.ToLower(text)
	way, isWay := directions[text]
	switch {
	case given && turned:
		return false, fmt.Errorf(`sort: give "descending" alone, without "ascending"`)
	case text == "true" || text == "false":
		return (text == "true") != turned, nil
	case isWay && !turned:
		return way, nil
	case given || turned:
		return false, fmt.Errorf(`sort: "descending" is true or false`)
	}
	return false, nil
}

// aDate is the name of a column of dates, the first there is.
func (all columns) aDate() string {
	for i := range all {
		if all[i].kind().dated() {
			return all[i].Name
		}
	}
	return "Date"
}
