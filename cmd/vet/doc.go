// Command vet checks this module as other systems see it, its tests included:
//
//	go run ./cmd/vet windows darwin
//
// It finds what "go vet" finds, by the same analyzers. But "go vet" compiles all
// that a package imports first, for each system anew, which takes minutes and is
// used for nothing else. This command reads types from the source alone, and
// of foreign packages only what they declare: some seconds a system.
// What it found sound it does not check again until a file of ours, go.sum or Go
// itself is another.
package main
