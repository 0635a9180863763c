// Package stdio stands between a client on standard input and output and what
// answers it: the running instance of the data folder, or this process alone.
// It reads no more of a message than it takes to send it the right way.
//
// # Decisions
//
// Whoever answers says of each line that it was taken, before anything is done
// about it. So when an instance dies it is known which lines it never saw:
// they go to the next side, in their order, writes too. Of those that were
// taken, what only reads is sent once more; of a call that may have changed
// something nobody knows whether it did, so its client hears that and it is not
// sent again.
//
// A client does not notice a move: its initialize is replayed to the new side,
// whose answer is dropped. A move is made at once, between two lines. Calls at
// work on the side before are answered from there.
//
// Nothing of the tools, the database or the index is made while an instance
// answers; alone, it is made with the first message.
package stdio
