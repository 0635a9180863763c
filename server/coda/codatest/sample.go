package codatest

import "time"

var sampleNow = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

var people = []Person{{"Robin Vale", "robin@northwind.example"}}

// Sample is the workspace.
func Sample() Workspace { return Workspace{Docs: []*Doc{{Name: "x"}}} }
