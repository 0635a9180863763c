// Command rooms measures how the rooms of this house stand to each other, from
// the code as it is: go run ./cmd/rooms
//
// A room is a package, tests left out. An arrow leads from a file to another
// when it uses a name that stands there: a constant, a variable, a function, a
// type or a method. In a room with rooms inside, such as server, each of those
// counts as one, and an import is its arrow.
//
// Files of one package may use each other in a circle, which makes them hard to
// read: none of them can be understood first. To count that, a room is read
// from the file that comes first by name, and what a file uses is read before it
// is done with, in the order of names too. An arrow runs back up when it leads
// to a file that is still being read. Without circles there is none.
//
// Imports a room is how many imports of each other the rooms have, divided by
// their number. The depth is the longest chain of imports between the folders
// of the top level, where server counts by its own folders: how many doors lie
// between the command line and what imports nothing.
package main
