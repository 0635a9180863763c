package changes

import "codabridge/server/fault"

// What the journal says instead of a result.
const (
	// CodeNotKept: the record of changes cannot be written, so nothing was sent.
	CodeNotKept fault.Code = "changes_not_kept"
	// CodeNoBefore: how it was before cannot be read, and the owner wants no
	// change without it.
	CodeNoBefore fault.Code = "changes_no_before"
	// CodeNoChange: there is no change of this id that the caller may know.
	CodeNoChange fault.Code = "changes_none"
	// CodeOff: the record of changes is switched off.
	CodeOff fault.Code = "changes_off"
	// CodeCannot: a change cannot be put back, or not now.
	CodeCannot fault.Code = "changes_cannot"
	// CodeAsked: the change waits for the owner.
	CodeAsked fault.Code = "changes_asked"
	// CodeMoved: what a change would replace is another than the owner was shown.
	CodeMoved fault.Code = "changes_moved"
	// CodeHalted: a change cannot wait for the owner any longer.
	CodeHalted fault.Code = "changes_halted"
	// CodeRefused: the owner said no to a change.
	CodeRefused fault.Code = "changes_refused"
)

var errOff = fault.New(CodeOff, "The record of changes is off, so nothing can be listed or put back. The owner can switch it on in codabridge.")

// NoChange says that there is no change of an id that the caller may know.
func NoChange(id string) error {
	if id == "" {
		return fault.New(fault.CodeInput, "Say which change, by its id (ch-…); the list of changes has them.")
	}
	return fault.New(CodeNoChange, "There is no change %q here. A change is kept for 30 days; list them for those there are.", fault.Clip(id, 40))
}
