package coda

import "codabridge/server/fetch"

// Guard gives the network of the downloads, for tests to stand in for: what
// they look names up with, and what they dial with.
func (c *Client) Guard() *fetch.Dialer { return c.downloads[false].guard }
