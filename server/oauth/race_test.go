//go:build race

package oauth

// heavy is how much of the heavy tests runs, in percent: the race detector
// makes them many times slower, and looks for other things.
const heavy = 10
