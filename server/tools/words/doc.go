// Package words makes what a model reads: clean text, short sentences, plain
// values of cells, differences and parts of long texts. It asks nobody and
// keeps nothing.
package words
