package coda_test

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// TestTheBackgroundYields: with the rate used up, a call that a person waits
// for must not stand in line behind the crawler's. The person makes several
// calls at once, so that one is waiting at any time, also on a busy machine.
func TestTheBackgroundYields(t *testing.T) {
	t.Parallel()
	fake := codaspec.Start(t, codatest.Options{})
	l := coda.NoLimits()
	l.Read = coda.Rate{N: 10, Per: time.Second, Burst: 4}
	c := coda.New(coda.Options{Base: fake.URL, Limits: l, Token: func() (string, error) { return codatest.Token, nil }})
	t.Cleanup(c.CloseIdleConnections)
	ctx, stop := context.WithCancel(t.Context())
	var crawled atomic.Int64
	done := make(chan struct{})
	for range 6 {
		go func() {
			for ctx.Err() == nil {
				if _, err := c.WhoAmI(coda.WithBackground(ctx)); err == nil {
					crawled.Add(1)
				}
			}
			done <- struct{}{}
		}()
	}
	var person sync.WaitGroup
	for range 8 {
		person.Go(func() {
			for range 4 {
				if _, err := c.WhoAmI(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	person.Wait()
	mine := crawled.Load()
	began := time.Now()
	for crawled.Load() < mine+5 && time.Since(began) < 2*time.Minute { // alone it does move on
		time.Sleep(5 * time.Millisecond)
	}
	alone := crawled.Load() - mine
	stop()
	for range 6 {
		<-done
	}
	t.Logf("the background made %d calls during 32 of a person", mine)
	if mine > 16 { // six in line with the person's eight would make as many
		t.Error("the person had to share")
	}
	if alone < 5 {
		t.Errorf("left alone, the background made %d calls", alone)
	}
}
