package coda_test

import (
	"encoding/json"
	"testing"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
)

func TestAnyOperationIsCalledByItsName(t *testing.T) {
	t.Parallel()
	fake := codaspec.Start(t, codatest.Options{})
	c := coda.New(coda.Options{Base: fake.URL, Limits: coda.NoLimits(), Token: func() (string, error) { return codatest.Token, nil }})
	t.Cleanup(c.CloseIdleConnections)
	list, err := c.Call(t.Context(), "listDocs", coda.Args{"limit": json.Number("2")})
	items, _ := list.(map[string]any)["items"].([]any)
	if err != nil || len(items) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	// Beside a page token the limit must not be sent; the check of the fake
	// reports it.
	token := list.(map[string]any)["nextPageToken"]
	if _, err := c.Call(t.Context(), "listDocs", coda.Args{"limit": 2, "pageToken": token}); err != nil {
		t.Error(err)
	}
	doc := items[0].(map[string]any)["id"]
	type tables struct{ Items []coda.Table }
	got, err := coda.CallFor[tables](t.Context(), c, "listTables", coda.Args{"docId": doc, "tableTypes": []string{"table", "view"}})
	if err != nil || len(got.Items) == 0 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := c.Call(t.Context(), "getDoc", coda.Args{"docId": "nope"}); !coda.IsKind(err, coda.KindNotFound) {
		t.Errorf("a missing doc: %v", err)
	}
}
