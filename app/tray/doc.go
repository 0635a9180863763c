// Package tray draws the bridge as an icon with a menu in the desktop's tray.
// It owns nothing: it shows an state.State and hands clicks to a Bridge.
//
// # Decisions
//
//   - What the menu says is decided by a pure function, menu(State); the
//     drawer only carries it out. Each possible line is made once and then
//     shown, hidden or changed: removing a line can lose a click and, when
//     both meet, crash the library.
//   - Start and Stop are two lines of which one is hidden, so a click always
//     does what the person read.
//   - The left click does something useful on every desktop, since LXQt and
//     MATE show nothing at all for it unless it is handled.
//   - Check looks for a tray before the library is started: without a session
//     bus its Run blocks in silence and its Quit crashes
//     (https://github.com/fyne-io/systray/pull/121, in no release yet).
//   - The icon is put back after a restart of the panel by a watch of our own,
//     because the library's ends at the first foreign signal
//     (https://github.com/fyne-io/systray/issues/131).
//   - Colour is never the only difference between two icons.
package tray
