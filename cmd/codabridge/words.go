package main

import "fmt"

type unknownCommand string

func (u unknownCommand) Error() string { return fmt.Sprintf("there is no command %q", string(u)) }

type wanted string

func (w wanted) Error() string { return "wanted: " + string(w) }
