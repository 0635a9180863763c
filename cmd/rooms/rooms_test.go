//go:build !race

package main

import (
	"testing"
)

// What the house may come to. Whoever meets a limit has most likely put
// something into the wrong room: go run ./cmd/rooms shows where. Of the imports a
// third of one each is for the leaf of errors, which nearly every room uses.
const (
	serverBackUp = 0
	toolsBackUp  = 160
	importsEach  = 2.42
	depth        = 6
)

func TestTheHouseCanBeReadFromTheTop(t *testing.T) {
	t.Parallel()
	h, err := readHouse("../..")
	if err != nil {
		t.Fatal(err)
	}
	server, err := h.inside("server")
	if err != nil {
		t.Fatal(err)
	}
	if n := server.backUp(); n > serverBackUp || server.size() == 0 {
		t.Errorf("server: %d of %d arrows run back up, at most %d may", n, server.size(), serverBackUp)
	}
	for _, r := range h.rooms {
		if r.path != "server/tools" {
			continue
		}
		tools, err := h.arrows(r)
		if err != nil {
			t.Fatal(err)
		}
		if n := tools.backUp(); n > toolsBackUp || tools.size() == 0 {
			t.Errorf("server/tools: %d of %d arrows run back up, at most %d may", n, tools.size(), toolsBackUp)
		}
	}
	if n := h.importsEach(); n > importsEach || n == 0 {
		t.Errorf("%.2f imports a room, at most %.2f", n, importsEach)
	}
	if n := h.folders().depth(); n > depth || n == 0 {
		t.Errorf("the depth is %d, at most %d", n, depth)
	}
}

func TestAnArrowRunsBackUpWhereACircleCloses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		arrows [][2]string
		want   int
		depth  int
	}{
		{"a chain", [][2]string{{"a", "b"}, {"b", "c"}, {"a", "c"}}, 0, 2},
		{"two that use each other", [][2]string{{"a", "b"}, {"b", "a"}}, 1, -1},
		{"a circle of three, and one beside", [][2]string{{"b", "c"}, {"c", "d"}, {"d", "b"}, {"a", "d"}}, 1, -1},
		{"one that uses itself", [][2]string{{"a", "a"}}, 0, 0},
		{"two circles through one", [][2]string{{"a", "b"}, {"b", "a"}, {"a", "c"}, {"c", "a"}}, 2, -1},
	} {
		g := graph{}
		for _, a := range c.arrows {
			g.draw(a[0], a[1])
		}
		if n := g.backUp(); n != c.want {
			t.Errorf("%s: %d run back up, want %d", c.name, n, c.want)
		}
		if c.depth >= 0 && g.depth() != c.depth {
			t.Errorf("%s: depth %d, want %d", c.name, g.depth(), c.depth)
		}
	}
}
