// Package programs puts our stdio server into the settings of other programs on
// this computer, and takes it out again: Claude Desktop, Codex, Cursor and the
// like, each in a file of its own.
//
// # Decisions
//
//   - Only our entry is written. The file is spliced as bytes at places that a
//     parser names; comments, order, numbers, line ends and a byte order mark
//     stay as they are. What comes out is parsed again and compared with what
//     was there: whatever differs beside our entry refuses the change.
//   - Disconnect gives back the file as it was, by what stands in the copy
//     beside it; where others have written since, our entry alone is cut out.
//   - A file that another program writes meanwhile is read and changed anew: the
//     two files trade places in one step where the system can do that, and what
//     came out of the trade has to be what we had read.
//   - A file that cannot be read, is not ours to write or has another shape stays
//     as it is, and the owner is told what to paste.
//   - No folder is ever made: a program whose folder is missing is not installed.
//   - Which system this is, its variables and the home folder are given, not
//     asked, so that the paths of all three are tried on any of them.
package programs
