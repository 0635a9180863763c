// Package desktop does what a program needs of the desktop it runs on: open
// the browser, copy a text, show a notification, know its own data folder and
// run only once.
//
// # Decisions
//
//   - No program started here may write to our stdout or stderr: in stdio mode
//     stdout carries the protocol. That rules out the usual libraries for
//     opening a browser.
//   - A link with a key in it is never among the arguments of a program, which
//     every user of the computer can list: the browser gets a file of ours.
//   - On Linux a notification is one D-Bus call on a connection of our own;
//     beeep would share the tray's and the keyring's (see package sessionbus).
//   - Text that a stranger chose, such as the name of a client, is stripped of
//     control characters and markup before a desktop shows it.
//   - The data folder is the program's identity: whoever may enter it may
//     steer the program, so it is 0700, and one program runs per folder.
package desktop
