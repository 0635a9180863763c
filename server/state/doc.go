// Package state holds what every view of the bridge (tray, owner's page,
// status) may show, as values without a secret. Only package app makes one.
package state
