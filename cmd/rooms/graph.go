package main

import (
	"maps"
	"slices"
)

// graph holds arrows: from a name to others.
type graph map[string]map[string]bool

// draw adds an arrow; one from a name to itself is none.
func (g graph) draw(from, to string) {
	if from == to {
		return
	}
	if g[from] == nil {
		g[from] = map[string]bool{}
	}
	g[from][to] = true
}

func (g graph) size() (n int) {
	for _, to := range g {
		n += len(to)
	}
	return n
}

// names are all ends of arrows, in order.
func (g graph) names() []string {
	all := map[string]bool{}
	for from, to := range g {
		all[from] = true
		maps.Copy(all, to)
	}
	return slices.Sorted(maps.Keys(all))
}

// backUp counts the arrows that lead to a name that is still being read.
func (g graph) backUp() (n int) {
	reading, read := map[string]bool{}, map[string]bool{}
	var follow func(name string)
	follow = func(name string) {
		read[name], reading[name] = true, true
		for _, to := range slices.Sorted(maps.Keys(g[name])) {
			if reading[to] {
				n++
			}
			if !read[to] {
				follow(to)
			}
		}
		reading[name] = false
	}
	for _, name := range g.names() {
		if !read[name] {
			follow(name)
		}
	}
	return n
}

// depth is the number of arrows of the longest chain; the graph has no circle.
func (g graph) depth() (most int) {
	known := map[string]int{}
	var below func(name string) int
	below = func(name string) int {
		if d, ok := known[name]; ok {
			return d
		}
		d := 0
		for to := range g[name] {
			d = max(d, 1+below(to))
		}
		known[name] = d
		return d
	}
	for name := range g {
		most = max(most, below(name))
	}
	return most
}
