package tools

import (
	"errors"
	"strconv"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
)

// isPassing tells that Coda may do in a moment what it did not do now.
func isPassing(err error) bool {
	return find.OutOfTime(err) || coda.IsKind(err, coda.KindUnavailable, coda.KindNetwork, coda.KindRateLimited, coda.KindStuck, coda.KindOdd)
}

// whatFailed is a failure in few words.
func whatFailed(err error) string {
	var e *coda.APIError
	switch {
	case errors.As(err, &e) && e.Status > 0:
		return "status " + strconv.Itoa(e.Status)
	case find.OutOfTime(err):
		return "it was too slow"
	}
	return "no answer"
}
