package index

// Words cuts a text as the crawler does, for benchmarks that fill a database
// without a crawler.
var Words = words

// Also gives the words by which texts are found beside their own, likewise.
var Also = also
