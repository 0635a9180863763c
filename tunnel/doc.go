// Package tunnel gives the public handler one https URL by way of ngrok. It is
// the only room that imports the ngrok library.
//
// A Tunnel listens through an ngrok agent and serves Options.Handler on that
// listener with an http.Server of its own. Whatever reaches this handler came
// from the internet: give the tunnel a handler that is served nowhere else and
// the program always knows which side a request is from. The address of the
// client is the last value of X-Forwarded-For; ngrok appends it, so all values
// before it are the client's own claims. RemoteAddr is the client of the first
// request on that connection only, because the edge may use it for several.
//
// # Decisions
//
//   - Listen and an own server, never the library's Forward: half the work per
//     request, no second hop on loopback, and handlers see a client leave.
//   - One agent per connection attempt, never used twice: an agent whose context
//     ended or whose endpoint was stopped keeps dead state and binds it again
//     after the next reconnect.
//   - The library retries a refused authtoken for ever (ngrok-go#176). Every
//     error is looked up in one table; a fatal one ends Run at once.
//   - A refusal whose cause may pass (an address that is online elsewhere, which
//     after a sleep can last minutes; a limit; a payment) is tried again every
//     minute, then every five, until the owner stops it.
//   - The text of the service's errors is never shown or logged as it is: it
//     quotes the authtoken. Each code has a sentence of our own, and the log
//     handler removes the token from all that the library writes.
//   - No write deadline reaches a tunnelled connection. In muxado one expired
//     deadline corrupts the frame that is still queued, and the session dies with
//     all its streams. So Serve has no WriteTimeout and the connections ignore
//     what a handler sets.
//   - A client that stops reading an answer beyond 256 KiB blocks its handler
//     until the session ends, and closing such a connection blocks as well. So
//     stopping disconnects the agent first and the server after it, and all of it
//     has a limit.
//   - What the library writes together is sent together (gathering): it makes three
//     records of TLS of one answer, each with a system call of its own, and takes no
//     buffer. Nothing is held back for it, and no end of ours loses what was taken:
//     the answer to the dashboard's stop is written right before the end.
//   - A stream whose write failed is not closed again: it is closed by then, and
//     muxado would use a frame twice.
//   - A session that slept with the computer looks alive for half a minute. A
//     jump of the wall clock closes its connection, and the library signs in
//     again with the same URL.
//   - ngrok decides on the URL. A rebind that yields another one is not told by
//     the library, save in its debug log; that is where it is read from.
//   - ngrok ends TLS, so it can see what passes; and each bind tells it the host
//     name and the path of this program (the library offers no way to leave that
//     out).
package tunnel
