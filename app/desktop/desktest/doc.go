// Package desktest gives a test real desktop services of its own: a session
// bus, a keyring, a tray host, a notification server, an X display with a
// panel. Nothing of the developer's own desktop is touched, and everything
// ends with the test.
//
// # Decisions
//
//   - The services are the real ones wherever a real one runs without a
//     screen (dbus-daemon, gnome-keyring, Xvfb, xfce4-panel). Only the tray
//     host and the notification server are ours, because a test has to read
//     what reached them.
//   - The bus has no service directories: nothing can be started by asking
//     for its name, so "this service is absent" means the same on a bare
//     machine and on a developer's desktop.
//   - A missing program skips the test through Need, with one phrase that a
//     summary can collect; CODABRIDGE_TEST_NOSKIP=1 turns a skip into a
//     failure.
//   - Programs under test run as children with Bus.Env: systray keeps globals
//     and allows one Run in a process.
package desktest
