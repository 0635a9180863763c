//go:build !race

package state

import (
	"fmt"
	"testing"
	"time"
)

func TestActivityKeepsThirtyDaysAndTheLatestHundredThousand(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	var calls []Activity
	for i := range ActivityKept + 50 {
		calls = append(calls, Activity{Time: noon, Tool: fmt.Sprint(i)})
	}
	if err := s.AddActivity(ctx, noon, calls...); err != nil {
		t.Fatal(err)
	}
	all, err := s.Activity(ctx, ActivityFilter{}, 2*ActivityKept)
	if err != nil || len(all) != ActivityKept || all[0].Tool != fmt.Sprint(ActivityKept+49) {
		t.Errorf("%d rows, %v", len(all), err)
	}
	late := noon.AddDate(0, 0, ActivityDays).Add(time.Minute)
	if err := s.AddActivity(ctx, late, Activity{Time: late, Tool: "new"}); err != nil {
		t.Fatal(err)
	}
	all, err = s.Activity(ctx, ActivityFilter{}, 10)
	if err != nil || len(all) != 1 || all[0].Tool != "new" {
		t.Errorf("after thirty days: %d rows, %v", len(all), err)
	}
}
