package main

import (
	"fmt"
	"os"
	"text/tabwriter"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "rooms:", err)
		os.Exit(1)
	}
}

func run() error {
	h, err := readHouse(".")
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "room\tfiles\tarrows\tback up\t")
	inside, err := h.inside("server")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "server, with the rooms in it\t%d\t%d\t%d\t\n", len(inside.names()), inside.size(), inside.backUp())
	for _, r := range h.rooms {
		g, err := h.arrows(r)
		if err != nil {
			return err
		}
		if g.size() > 0 {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t\n", r.path, len(r.files), g.size(), g.backUp())
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Printf("\n%d rooms, %d imports between them (%.2f a room), depth %d\n", len(h.rooms), h.imports().size(), h.importsEach(), h.folders().depth())
	return nil
}
