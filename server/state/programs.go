package state

import (
	"slices"
	"time"
)

// ProgramState is a program on this computer that can start codabridge over
// stdio.
type ProgramState struct {
	// Name is what commands call it, Title what people do.
	Name  string `json:"name"`
	Title string `json:"title"`
	// Status is one of the Program constants.
	Status string `json:"status"`
	// Started is when it came last since it was connected, or nil.
	Started *time.Time `json:"started"`
	// Sentence says both in plain words.
	Sentence string `json:"sentence"`
	// Files hold its settings; none of a program that is not installed.
	Files []string `json:"files"`
	// Command is what it is told to run, as its file says.
	Command string `json:"command,omitempty"`
	// Note is what the owner should know, or empty.
	Note string `json:"note,omitempty"`
}

// What ProgramState.Status may be.
const (
	ProgramAbsent    = "absent"
	ProgramOff       = "off"
	ProgramConnected = "connected"
	ProgramOldPath   = "old_path"
	ProgramByHand    = "by_hand"
	ProgramUnusable  = "unusable"
)

// Installed tells a program that is on this computer.
func (p ProgramState) Installed() bool { return p.Status != ProgramAbsent }

// Ours tells a program that has our entry.
func (p ProgramState) Ours() bool {
	return p.Status == ProgramConnected || p.Status == ProgramOldPath
}

// Says is the Sentence of a program. known says that it would be known if it had
// come.
func (p ProgramState) Says(now time.Time, known bool) string {
	switch p.Status {
	case ProgramAbsent:
		return "Not found on this computer"
	case ProgramOff:
		return "Not connected"
	case ProgramOldPath:
		return "Old path: fix"
	case ProgramByHand:
		return "Has an entry that was made by hand"
	case ProgramUnusable:
		return "Its file cannot be changed"
	}
	switch {
	case p.Started != nil && p.Started.Local().Format(time.DateOnly) == now.Local().Format(time.DateOnly):
		return "Connected, started " + p.Started.Local().Format("15:04")
	case p.Started != nil:
		return "Connected, started " + p.Started.Local().Format("2 January, 15:04")
	case known:
		return "Needs a restart of the program"
	}
	return "Connected"
}

// FoundPrograms tells whether any of them is on this computer.
func (s State) FoundPrograms() bool { return slices.ContainsFunc(s.Programs, ProgramState.Installed) }

// AbsentPrograms are the titles of those that are not on this computer.
func (s State) AbsentPrograms() (titles []string) {
	for _, p := range s.Programs {
		if !p.Installed() {
			titles = append(titles, p.Title)
		}
	}
	return titles
}
