// Command bench measures codabridge on this computer and prints one table: our
// number, its target, and beside it a bare reference of the same run.
//
// It builds the program as make build does and drives it from outside, over
// stdin and stdout and over HTTP on loopback, with an access token that it gets
// by the same sign-in as any client. The far ends are a fake Coda and a fake
// ngrok edge in this process, so a request costs what it costs without a
// network, and what is left is ours.
//
// # Decisions
//
// Nothing is judged by an absolute time where a reference of the same run can
// stand beside it: the two are measured in turns, so that a busy machine slows
// both. Numbers are medians, since one pause of the machine says nothing.
//
// A miss is no failure of the run: the exit code tells whether it could be
// measured, the table tells how it went.
//
// The program keeps the limits that the real Coda asks for. So calls are spaced
// to stay below them, and what is measured is never the wait of our limiter.
package main
