package owner

import (
	"context"
	"time"

	"codabridge/server/caller"
	"codabridge/server/state"
	store "codabridge/server/store/state"
)

// Desk is what the owner's page may ask of the app. Every method is safe for
// concurrent use; errors are sentences for the owner and hold no secret.
type Desk interface {
	State() state.State
	// Changed returns a channel that is closed at the next change of State.
	Changed() <-chan struct{}

	// SaveCodaToken checks the token live and stores it in the keyring, or holds it
	// in memory until the program ends; the sentence says whose account it is and
	// what the token may not do.
	SaveCodaToken(ctx context.Context, token string, memory bool) (sentence string, err error)
	ForgetCodaToken(ctx context.Context) error
	// AskKeyring reads both tokens from the keyring again; the error is why it
	// cannot be read.
	AskKeyring(ctx context.Context) error
	// SaveNgrokToken checks the authtoken by connecting once and stores or holds it.
	SaveNgrokToken(ctx context.Context, token string, memory bool) (sentence string, err error)
	// ImportNgrokToken does the same with the one in the owner's ngrok.yml.
	ImportNgrokToken(ctx context.Context, memory bool) (sentence string, err error)
	ForgetNgrokToken(ctx context.Context) error
	// SetPublicURL switches to the owner's own proxy at this https origin, or
	// back to ngrok when it is empty.
	SetPublicURL(ctx context.Context, url string) error
	// SetTunnel says whether the bridge has a tunnel, or is for programs on this
	// computer only.
	SetTunnel(ctx context.Context, on bool) error
	SetReadOnly(on bool) error
	// SetToolset chooses what tools assistants are offered: core, full, or
	// custom with these names.
	SetToolset(name string, tools []string) error
	// SetIndex switches the search index; off removes it.
	SetIndex(on bool) error
	PauseIndex(on bool) error
	// FindIndexDocuments are the docs that the index knows or leaves out whose
	// name or id has all words of a text, in any letters.
	FindIndexDocuments(words string) []state.IndexDocument
	// RebuildIndex makes the index anew, or one doc of it by its id.
	RebuildIndex(ctx context.Context, doc string) error
	// ExcludeDocument leaves a doc out of the index, or lets it in again; the
	// sentence says what was done.
	ExcludeDocument(ctx context.Context, doc string, on bool) (sentence string, err error)
	// FindDocument gives the id and the title of the doc that an id, a link or a
	// title means.
	FindDocument(ctx context.Context, ref string) (id, title string, err error)
	// Quit ends the program. Uninstall removes the parts that are named (login,
	// programs, keyring, data) and ends it.
	Quit()
	Uninstall(ctx context.Context, parts []string) (sentence string, err error)
	// SetAutostart has the system start us at login, or not.
	SetAutostart(on bool) error
	// ConnectProgram puts our entry into the settings of a program on this
	// computer, DisconnectProgram takes it out; the sentence says what was done.
	ConnectProgram(ctx context.Context, name string) (sentence string, err error)
	DisconnectProgram(ctx context.Context, name string) (sentence string, err error)
	// SetNotification switches one kind of desktop notification, or "all".
	SetNotification(kind string, on bool) error
	// SetUpdates says whether it is asked once a week for a newer version;
	// CheckUpdates asks now; NewsSeen says that what is new was read.
	SetUpdates(on bool) (sentence string, err error)
	CheckUpdates(ctx context.Context) (sentence string, err error)
	NewsSeen() error
	// SetChanges switches the record of changes; off removes it.
	SetChanges(on bool) error
	// SetBlindWrites says whether a change is made though its state before cannot
	// be read.
	SetBlindWrites(on bool) error
	// SetAskAlways chooses the kinds of changes that wait for the owner whatever a
	// connection may do; the sentence says which.
	SetAskAlways(kinds []string) (sentence string, err error)
	// ListChanges gives what assistants changed, the last first, as a list for
	// JSON; filter has connection, doc, state, older and since, and no more than
	// limit are given, 0 being a usual number.
	ListChanges(ctx context.Context, filter func(name string) string, limit int) (list any, more bool, err error)
	// ShowChange gives one change with how it was, what was written, and how it is.
	ShowChange(ctx context.Context, id string) (any, error)
	// Undo puts changes back in the order given; how is rest, all, or empty to
	// ask. The sentence says what it came to.
	Undo(ctx context.Context, ids []string, how string) (results any, sentence string, err error)
	// UndoSince puts back all that a connection changed since a time.
	UndoSince(ctx context.Context, connection, since, how string) (results any, sentence string, err error)
	// SetPolicy decides what a connection may change: read, ask, write, or for how
	// long it may write; the sentence says what holds.
	SetPolicy(ctx context.Context, connection, policy string) (sentence string, err error)
	// SetDocuments chooses the only docs that a connection may see, by id; none
	// means all. The sentence says what holds.
	SetDocuments(ctx context.Context, connection string, ids []string) (sentence string, err error)
	// Documents lists the docs that can be chosen.
	Documents(ctx context.Context) ([]state.Document, error)
	// KnownDocuments are those of them that can be told without asking Coda.
	KnownDocuments(ctx context.Context) ([]state.Document, error)
	// PendingChanges lists the changes that wait for the owner, as a list for JSON.
	PendingChanges(ctx context.Context) (any, error)
	// AnswerChange answers one of them: once, for so long, or always; word goes to
	// the model with a no.
	AnswerChange(ctx context.Context, id string, yes bool, long, word string) (sentence string, err error)
	// TryTools are the tools that read and are offered just now, and Try calls one
	// as an assistant would: for a connection by its id it sees what that one may,
	// for none what all may. It can never write. The status says how it ended, and
	// the answer is what a model gets.
	TryTools() []caller.Operation
	Try(ctx context.Context, tool, connection string, args []byte) (answer string, status caller.Status, err error)
	// DismissWarning takes State's Warning away, once the owner has read it.
	DismissWarning()
	Record
	// Examine runs the doctor. One runs at a time; it may take minutes when
	// everything is slow.
	Examine(ctx context.Context) ([]state.Finding, error)
	// Start and Stop are done at once; the error says that it cannot be
	// remembered.
	Start() error
	Stop() error
	// Pause has every call answered with that; Start goes on. Restart ends the
	// program and starts it anew; process is the number of the new one.
	Pause() error
	Restart() (process int, err error)
}

// Record is what assistants did.
type Record interface {
	// LastCalls gives the latest calls of assistants, without the doctor's
	// rehearsals, newest first.
	LastCalls(ctx context.Context, limit int) ([]state.Call, error)
	// Activity gives the latest calls that f means, newest first, and EachCall
	// all of them, oldest first.
	Activity(ctx context.Context, f store.ActivityFilter, limit int) ([]state.Call, error)
	EachCall(ctx context.Context, f store.ActivityFilter, take func(state.Call) error) error
	// CountActivity counts them by stretches of time that begin at origin.
	CountActivity(ctx context.Context, f store.ActivityFilter, origin time.Time, step time.Duration) ([]store.ActivityCount, error)
	// ActivityValues lists what calls can be filtered by.
	ActivityValues(ctx context.Context, limit int) (connections, tools, docs []store.ActivityValue, err error)
}
