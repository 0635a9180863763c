// Package autostart is the switch that has the system start codabridge when its
// owner logs in: a file in the autostart folder (freedesktop.org, Desktop
// Application Autostart Specification), a LaunchAgent, or a value of the Run key.
//
// # Decisions
//
//   - What stands there is the switch; no setting of ours can say otherwise. It
//     is off until the owner turns it on, and no start and no update of the
//     program turns it on.
//   - Where the system's own settings have switched the entry off, it is off, and
//     nothing but the owner's own click here changes that; on Windows not even
//     that, since Windows keeps its switch where it tells programs to stay away.
//   - A start of the program corrects the path of an entry that is on, as after a
//     move or an update, and touches nothing else in it.
//   - The system, its variables and the home folder are given, so that all three
//     are tried on any of them.
package autostart
