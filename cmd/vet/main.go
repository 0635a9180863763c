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
			units, err := list(".", system)
			lines[i] = check(units)
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
