//go:build !race

package oauth

// heavy is how much of the heavy tests runs, in percent.
const heavy = 100
