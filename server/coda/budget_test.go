package coda

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// deep makes a piece of work that holds much.
func deep(t *testing.T, ctx context.Context, b *budget) *hold {
	t.Helper()
	h := &hold{}
	if err := h.take(ctx, b, freely+1); err != nil {
		t.Error(err)
	}
	return h
}

// TestFewReadMuchAtOnce: the others wait their turn, which comes when one gives
// back or ends, and hear after a while that it does not.
func TestFewReadMuchAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, ctx := newBudget(), context.Background()
		var at []*hold
		for range deepAtOnce {
			at = append(at, deep(t, ctx, b))
		}
		small := &hold{}
		if err := small.take(ctx, b, freely); err != nil {
			t.Errorf("a small answer waits for large ones: %v", err)
		}
		if err := small.take(ctx, b, 1); !errors.Is(err, ErrBusy) {
			t.Errorf("one too many: %v", err)
		}
		if err := at[0].take(ctx, b, 5<<20); err != nil {
			t.Errorf("one that has its turn waits: %v", err)
		}
		if err := at[0].take(ctx, b, mostHeld); !errors.Is(err, errTooMuch) {
			t.Errorf("more than one may hold: %v", err)
		}
		leaving, leave := context.WithCancel(ctx)
		go leave()
		if err := small.take(leaving, b, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("its caller left: %v", err)
		}
		turn := make(chan *hold)
		for range 2 {
			go func() { turn <- deep(t, ctx, b) }()
		}
		synctest.Wait()
		at[0].give(5<<20 + 1)
		at[1].done()
		for _, h := range []*hold{<-turn, <-turn, at[2], at[3]} {
			h.done()
			h.done() // twice does no harm
		}
		if len(b.deep) != 0 {
			t.Errorf("%d turns were not given back", len(b.deep))
		}
	})
}

// TestOnePieceOfWorkTakesOneTurn, however many of its requests run at once.
func TestOnePieceOfWorkTakesOneTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, h := newBudget(), &hold{}
		for range 20 {
			go func() {
				if err := h.take(context.Background(), b, freely/2+1); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		if len(b.deep) != 1 || h.bytes != 20*(freely/2+1) {
			t.Errorf("%d turns, %d bytes", len(b.deep), h.bytes)
		}
		h.done()
		if len(b.deep) != 0 {
			t.Error("the turn was not given back")
		}
	})
}

func TestWhatATextWeighs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]int64{
		``:             {0, 0, 0},
		`{"items":[]}`: {1, 1, 2},
		`{"items":[{"a":1},{"b":"x,]{\\","c":2}]}`: {2, 3, 6},
		`{"items":[{},{},{}]}`:                     {3, 4, 7},
		`[1,[2,3],"[[[[,,,"]`:                      {2, 0, 5},
	} {
		if items, objects, values := weigh([]byte(text)); [3]int64{items, objects, values} != want {
			t.Errorf("%s: %d items, %d objects, %d values", text, items, objects, values)
		}
	}
}

func TestCellsComeAsTheyWere(t *testing.T) {
	t.Parallel()
	var c Cells
	for text, want := range map[string]map[string]string{
		`{}`:   {},
		`null`: {},
		`[1]`:  {},
		"\n{ \"c-1\" : \"a\\\"},{\" ,\n\t\"\\u0063-2\":-1.5e3 , \"c-3\":[1,{\"x\":[\"]\"]}] ,\"c-4\": true,\"c-5\":null }": {
			"c-1": `"a\"},{"`, "c-2": `-1.5e3 `, "c-3": `[1,{"x":["]"]}]`, "c-4": `true`, "c-5": `null `},
	} {
		if err := c.UnmarshalJSON([]byte(text)); err != nil {
			t.Fatal(err)
		}
		got := c.ByColumn()
		if len(got) != len(want) {
			t.Errorf("%s: %q", text, got)
		}
		for column, cell := range want {
			if string(got[column]) != cell {
				t.Errorf("%s: %s is %q, want %q", text, column, got[column], cell)
			}
		}
	}
}
