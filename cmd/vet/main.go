package main

import (
	"fmt"
	"os"

	"golang.org/x/sync/errgroup"
)

func main() {
	systems := os.Args[1:]
	lines := make([][]string, len(systems))
	var all errgroup.Group
	for i, system := range systems {
		all.Go(func() error {
			found, err := vet(".", system)
			lines[i] = found
			return err
		})
	}
	err := all.Wait()
	found := 0
	for i, system := range systems {
		for _, line := range lines[i] {
			fmt.Fprintf(os.Stderr, "%s: %s\n", system, line)
			found++
		}
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "vet:", err)
		os.Exit(2)
	case found > 0:
		os.Exit(1)
	}
}

// vet gives a line for each thing that is wrong in dir and below on a system.
func vet(dir, system string) ([]string, error) {
	units, err := list(dir, system)
	if err != nil {
		return nil, err
	}
	was, err := soundOf(dir, system, units)
	if err == nil && was.known() {
		return nil, nil
	}
	lines := check(units)
	if err == nil && len(lines) == 0 {
		was.remember()
	}
	return lines, nil
}
