package channel

// What the tests of the pipe look at.
var (
	PipeName = pipeName
	OurSID   = ourSID
	Wake     = wake
)

// PipeBuffer is what the system holds of a pipe.
const PipeBuffer = pipeBuffer
