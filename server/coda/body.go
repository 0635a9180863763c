package coda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// errTooMuch says that an answer is larger than may be held.
var errTooMuch = errors.New("the answer is too large to be read in one piece")

// firstBytes is what is taken of the budget before an answer is known to be
// longer, and mostFirst where the last one of its kind was.
const firstBytes, mostFirst = 16 << 10, 320 << 10

// readBody reads a body of at most limit bytes, of which about so many are likely,
// into memory that h has taken; taken is how much, which stays taken after an
// error, too.
func (c *Client) readBody(ctx context.Context, h *hold, body io.Reader, limit, likely int64) (text []byte, taken int64, err error) {
	taken = min(max(firstBytes, likely+likely/8), mostFirst)
	if err := h.take(ctx, c.budget, taken); err != nil {
		return nil, 0, err
	}
	text = make([]byte, 0, taken)
	for {
		n, err := body.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case int64(len(text)) > limit:
			return nil, taken, errTooMuch
		case errors.Is(err, io.EOF):
			return text, taken, nil
		case err != nil:
			return nil, taken, err
		case len(text) < cap(text):
			continue
		}
		more := min(taken, limit+1-int64(len(text)))
		if err := h.take(ctx, c.budget, max(more, 1)); err != nil {
			return nil, taken, err
		}
		taken += max(more, 1)
		text = append(make([]byte, 0, taken), text...)
	}
}

// readAnswer reads an answer and decodes it by decode. What it takes decoded
// stays with the hold of the context; kept is how much.
func (c *Client) readAnswer(ctx context.Context, op string, resp *http.Response,
	limit int64, size func([]byte) int64, decode func([]byte) error) (kept int64, err error) {
	h, ends := held(ctx)
	if ends {
		defer h.done()
	}
	likely := int64(0)
	if op == listRowsOp {
		likely = c.lastRows.Load()
	}
	text, taken, err := c.readBody(ctx, h, resp.Body, limit, likely)
	defer func() { h.give(taken) }()
	if err == nil {
		if op == listRowsOp {
			c.lastRows.Store(int64(len(text)))
		}
		kept = size(text)
		if kept > 0 {
			err = h.take(ctx, c.budget, kept)
			if err != nil {
				kept = 0
			}
		}
	}
	switch {
	case errors.Is(err, errTooMuch):
		return 0, &APIError{Operation: op, Kind: KindTooLarge,
			Message: fmt.Sprintf("the answer is over %d MiB, or made of too many small values; ask for fewer items at once", limit>>20)}
	case errors.Is(err, ErrBusy):
		return 0, fmt.Errorf("coda: %s: %w", op, err)
	case err != nil:
		return 0, networkError(op, err)
	}
	if err := decode(text); err != nil {
		h.give(kept)
		return 0, err
	}
	return kept, nil
}
