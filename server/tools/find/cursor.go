package find

import (
	"errors"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// BadCursor says what is wrong when Coda refuses a page token.
func BadCursor(err error, cursor string) error {
	if cursor != "" && coda.IsKind(err, coda.KindBadRequest) {
		return words.Say("The cursor is not valid any more. Call again without cursor, from the start.")
	}
	return err
}

// OutOfTime says that err came of a lack of time, so that older names may
// serve.
func OutOfTime(err error) bool { return words.IsContext(err) || errors.Is(err, coda.ErrBusy) }
