// Package tunneltest is an ngrok edge on loopback. It speaks the real agent
// protocol (TLS, muxado, one JSON message a stream), so that tests run the
// unmodified ngrok library against it, and it has the public half too: an HTTPS
// and an HTTP front that carry requests through the agent's session.
//
//	edge := tunneltest.Start(t)
//	tunnel.Options{ConnectURL: edge.ConnectURL(), CAFile: edge.WriteCA(t.TempDir()), ...}
//	edge.Client().Get(edge.URL() + "/health")
//
// A program of its own (the built codabridge) takes the same two values from
// CODABRIDGE_NGROK_CONNECT_URL and CODABRIDGE_NGROK_CA_FILE.
//
// # Reaching the front from clients that are not Go
//
// The URL handed out is a real looking https://name.ngrok-free.dev, and the
// front routes by the Host a client sends, as ngrok does; it never rewrites it.
// A client has three ways to get there:
//
//   - By proxy: ProxyURL is an HTTP proxy that connects every ngrok name to the
//     front, loopback addresses to themselves and refuses all else. It serves
//     undici's ProxyAgent, NODE_USE_ENV_PROXY=1 and curl --proxy.
//   - By name: Chromium takes --host-resolver-rules="MAP * FRONTADDR". A Node
//     client that can set neither takes the file of NodePreload by
//     NODE_OPTIONS=--require=FILE, which leads every ngrok name to the front.
//   - By address: with Options.Loopback the URL handed out is the front's own
//     https://localhost:PORT, which needs no mapping at all.
//
// All of them must trust the edge's CA: NODE_EXTRA_CA_CERTS=WriteCA(dir), or
// curl --cacert.
//
// # Goroutines
//
// Close waits for all goroutines of the edge. The agent's side may leave two of
// muxado's behind: (*Heartbeat).check for up to one heartbeat interval and the
// tolerance after a connection broke, and now and then (*Heartbeat).requester for
// good. A test that counts goroutines sets short heartbeats and leaves out the
// second by goleak.IgnoreTopFunction.
//
// # Decisions
//
//   - No testing package and no third-party test package: the edge is usable by
//     any program. Start takes the three methods of testing.TB that it needs.
//   - The edge holds its promises about names: a session that comes back with
//     its client id and bind token gets the same URL, as the service does.
//   - Errors use the service's codes and, for authtokens, its habit of quoting
//     the token, because keeping that quote out of every text is a thing to test.
//   - Every knob may be turned while sessions are open.
package tunneltest
