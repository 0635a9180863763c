package index

// Words cuts a text as the crawler does, for benchmarks that fill a database
// without a crawler.
var Words = words
