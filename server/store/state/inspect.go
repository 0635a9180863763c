package state

import (
	"context"
	"errors"

	"codabridge/server/store"
)

// Inspect says whether the database at path is sound and ours. It opens the
// file for reading only and may do so beside the program that uses it. kind is
// "damaged", "newer" or "foreign" when the file itself is the trouble.
func Inspect(ctx context.Context, path string) (kind string, err error) {
	err = notEmptied(path)
	if err == nil {
		err = store.Inspect(ctx, path, format())
	}
	var bad *store.Unusable
	if errors.As(err, &bad) {
		return bad.Kind, errors.New(bad.Why)
	}
	return "", err
}
