// Package server is the bridge's HTTP side: handlers for the internet, for
// clients on this computer and for the owner.
//
//   - Public() is what the tunnel serves: MCP in both protocol eras, the OAuth
//     endpoints, discovery documents, a small page. Local() is the same for
//     clients on this computer; each answers to its own names only.
//   - Owner() is what a free port of 127.0.0.1 serves: set-up, approvals, connections.
//
// What is not in Public() cannot be reached from the internet, whatever the
// headers say.
//
// # Decisions
//
// Each door has one table of routes (public/routes.go, owner/routes.go); their
// snapshot is testdata/routes.txt. Paths match exactly and nothing redirects, because MCP
// clients do not follow a redirect on POST, and http.ServeMux would redirect.
//
// The origin of a request (and with it the OAuth issuer) is chosen from the
// known origins by the Host header; an unknown Host gets 403 and nothing else.
// Forwarding headers decide nothing but the address used for rate limits.
//
// # Threat model
//
// Behind the door stand one person's documents, and one Coda token that may do
// whatever that person may. The public URL is known to anyone who looks.
//
//   - A scanner or flooder, from one address or very many, at the public door:
//     401 and 403 before a body is read, limits by address and over all,
//     bounded lists. It costs bandwidth and the tunnel's quota, which nothing
//     here can give back. (TestFloodsLeaveARealClientAtWork, abuse_test.go)
//   - A stranger who registers a client, or starts a sign-in when the owner
//     does: gets a page with a code of its own. Only the owner's door can
//     approve, and only the code that the owner's own browser shows; nothing
//     is approved from memory. (mistakes_test.go, oauth.script)
//   - One who poses as a program of this computer, by a pinned client that any
//     program can name, a name that leaves its quotation marks, or a link with
//     the code of their own request: where a request came from is always shown,
//     "this computer" only of the local door; names are stripped; a link fills
//     in nothing in a browser that does not hold that request's cookie.
//     (TestThisComputerIsSaidOnlyOfIt, oauth: names_test.go,
//     TestOnlyTheBrowserThatShowsACodeHasItFilledIn, cmd: arrive_test.go)
//   - One who holds what others need, open connections and requests that never
//     send what they announce: sixteen requests of an address and three hundred
//     in all, counted before the body is read; the one that has kept us waiting
//     for longest makes room, a long poll and a quiet connection too. Refusals
//     that are alike leave a line now and then. (door: places_test.go,
//     serve_test.go; TestStrangersWhoSendNothingMakeRoom, crowd_test.go; cmd:
//     TestACrowdAtTheLocalDoorShutsNobodyOut, TestEveryDoorRefusesLongHeaders)
//   - One who forges the Host header, to use a token of one door at the other:
//     the tunnel answers to the public name alone, this computer's door to
//     local names. (TestADoorHasItsOwnNames; cmd: TestADoorAnswersToItsOwnNames)
//   - One who floods the registration: no network has more than a part of what
//     all share, and the local door has its own.
//     (TestAFloodOfRegistrationsLeavesRealClientsIn)
//   - One who steals an authorization code, out of a browser or by a redirect
//     of their own: redirects are a fixed list and loopback; codes are bound to
//     client, redirect, resource and PKCE, live 60 seconds, and a second use
//     revokes what the first gave. One found spent, in a history, ends nothing
//     without its verifier. (codes.script, errors.script, FuzzRedirect,
//     TestASpentCodeFoundInAHistoryEndsNothing)
//   - One who steals a token: it is worth nothing at another address; an access
//     token ends after a day, a refresh token when it is used beside the real
//     one, within the minute for lost replies too; the owner revokes at once.
//     What it could do until then is what the connection may do. (oauth.script,
//     TestWhatOtherBridgesGetWrong, TestGraceEndsWhenTheSuccessorWasUsed)
//   - A client that may only read, or one gone astray: scopes are checked in
//     the tool, narrowed by the owner and by the read-only switch, never
//     widened. (scopes.script)
//   - One gone astray that may write, or does what a document told it: the owner
//     may have each change wait, or only the deletes of docs, sharing and
//     publishing, which always do out of the box, by whatever tool, call of the
//     API, action or putting back they come. What waits is shown as it would be
//     sent. A yes is given at the owner's door alone, and no tool, action or route
//     of the public door has one; it is for those exact arguments, what they mean
//     then, that connection and ten minutes, works once, and is gone when the
//     clock was set back. A policy that tightens and a connection that is revoked
//     stop calls in hand before they are sent. (tools: policy_test.go,
//     always_test.go, kill_test.go; cmd: TestADocIsDeletedByNoRoadWithoutAYes)
//   - One that wears the owner out with questions: twenty wait of one connection,
//     the same call again makes no second, and what nobody answers goes after an
//     hour. (tools: TestAFloodOfQuestionsIsHeldBack)
//   - One that puts back what others did, or reads of it: its own changes alone,
//     of the docs that it may see by then; the others do not exist.
//     (tools: TestChangesOfOthersDoNotExist)
//   - One who finds an access key: keys are stored as hashes, shown once, taken
//     from headers only, good for the docs and the days they were made for, and
//     can have each change ask. The Coda token is never taken in their place.
//     (keys_test.go; cmd: TestWhatAsksFromTheStart)
//   - One who brings a client by a redirect on no list: it needs a second yes of
//     the owner to the host, shown whole and as a browser may disguise it, for
//     that client alone; until then nobody is sent there, not with a no either. A
//     client made by hand has fixed redirects and uses PKCE, secret or not.
//     (oauth: unlisted_test.go; cmd: clients_test.go)
//   - A caller of the actions of server/actions, which speak no MCP: they stand
//     behind the same guard, limits, schemas, policies and record, and reach
//     nothing that a tool call of the same connection does not. The OpenAPI
//     document holds no account and no doc. (actions_test.go)
//   - One that keeps others from working, by calls that are slow or never sent:
//     8 at work and 24 open for each connection, 64 at work in all, on the older
//     transport too; a place is taken when the body is there, and a subscription
//     has none. (TestOneConnectionCannotTakeAllPlaces, TestMessagesAreCounted,
//     slots_test.go)
//   - One that sends what is no message, or a name of a megabyte: said in a
//     sentence, and never back whole. (forms_test.go, FuzzEnvelope)
//   - A caller that reaches for documents of another: who may see what travels
//     with the call, is asked where names become ids, and narrows what the owner
//     allows everybody; what one caller had read opens nothing to the next.
//     (tools: TestReachBindsEveryTool, TestReachWidensNothing)
//   - One that keeps search from all others, with a pasted paragraph or on
//     purpose: 12 words a phrase, 32 a query, 3 seconds, one search a
//     connection at a time. (index: bounds_test.go, BenchmarkWorstSearch;
//     tools: TestASearchKeepsNoOtherCallerWaiting)
//   - One that asks for much at once: what 64 calls hold of Coda's answers stays
//     under 300 MiB for the whole process, however the answers are made. (coda:
//     TestManyLargeAnswersFitIntoMemory)
//   - One that makes work out of proportion, by a number of 4 MB or 1e999999999:
//     numbers of more than 40 characters are refused before anything is
//     reckoned with them, and no argument of any tool takes more than its size
//     is worth. (tools: TestNoArgumentMakesWorkBeyondItsSize)
//   - One who wants us to fetch for them, into the owner's network or to learn
//     its address: no byte leaves for a host that is not on the list or allowed
//     by the owner; public addresses only, checked where they are dialled.
//     (fetch: fetch_test.go, knocks.script) So is what an answer of Coda
//     points to. (coda: TestADownloadLinkLeadsToTheInternetOnly)
//   - A web page in the owner's browser: the Origin and Host of both doors are
//     on lists, no credentials in cross-origin answers, no form to post to on
//     the public door, no framing, a cookie that no other site sends or sets.
//     (guards.script, headers_test.go)
//   - A proxy that cuts requests elsewhere than we do: bodies are read by one
//     parser, odd framing ends the connection, and what is not in Public()
//     cannot be reached by any path or header. (smuggling_test.go)
//   - Another user of this computer: the owner's door and the socket ask the
//     system who is at the far end; who is not found is a stranger. The key of a
//     link is in a file of the data folder, and never among the arguments of a
//     program. (app/control: TestTheKernelTellsWhoConnects; app/desktop:
//     TestBrowserGetsTheLinkUnharmedAndWritesNothingToUs)
//   - Another program on this computer: the owner's door wants a seal that only
//     the owner's pages can make, the listener for local clients a token like
//     the tunnel. One that takes the owner's port after our end is sent no
//     secret, and what it answers is not drawn; its service worker stays at a
//     port that we leave. With --owner-listen a fixed port can be kept by it. One
//     that runs as the owner can read the keyring, and is not defended against.
//     (session_test.go; cmd: TestWhoTakesTheOwnersPortGetsNothing,
//     TestAServiceWorkerOfASquatterOutlivesNothing)
//   - A thief of the data folder: finds hashes and settings, in index.db the texts
//     of the docs, and in changes.db how things were before changes of the last
//     thirty days, and the arguments of what waits for a yes. Both are for the
//     owner's eyes only (0600), can be switched off by one click, and go with the
//     token. Neither activity, log nor state.db holds contents. The key that
//     derives refreshed tokens is among them, useless without a token.
//   - A failing disk, a kill, a clock that jumps: what was acknowledged is there,
//     what was not can be tried again. (store/state: disk_test.go, oauth:
//     kill_test.go, clock_test.go)
//   - A fault of ours in the middle of something: it is rolled back, and no
//     lock, slot or connection to the database stays taken; nobody waits for a
//     stuck change without end. (store: store_test.go, find: cache_test.go,
//     cmd/codabridge: TestAPanicLeavesNoLockTaken)
//   - The tunnel's company sees what passes, in plain text, tokens included;
//     so does any company whose assistant the owner connects. Who does not want
//     that uses stdio.
package server
