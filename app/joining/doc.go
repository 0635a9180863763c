// Package joining hands a stdio process to the running instance of its data folder
// before the rest of the program is made.
//
// # Decisions
//
// A program of Go makes all its packages before main begins, which takes ten
// milliseconds and five megabytes here, and a process that only carries lines
// needs none of it: SQLite, ngrok, the schemas of the tools. So Begin is called
// while packages are being made, by the small package early, whose own imports
// are few enough to come first. Where an instance answers it carries the lines
// and does not return; the rest of the program is made when the instance has
// gone, and the same relay goes on with it. Where none answers, or anything is
// out of the usual, Begin returns at once and nothing has happened.
package joining
