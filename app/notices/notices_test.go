package notices

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"codabridge/server/state"
)

// step is one State at a time, and the kinds that are told of then.
type step struct {
	after time.Duration // since the step before
	now   func(s *state.State)
	told  string
}

// run takes a Watch through steps; it wants what is told, and nothing else.
func run(t *testing.T, w *Watch, steps []step) (said []Notice) {
	t.Helper()
	s := state.State{Phase: state.PhaseOnline, Sentence: "Something happened.", PublicURL: "https://quiet-otter.ngrok-free.app", Index: state.IndexState{Enabled: true, Percent: 100}}
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for i, next := range steps {
		now = now.Add(next.after)
		next.now(&s)
		all, _ := w.Look(s, now)
		var kinds []string
		for _, n := range all {
			kinds = append(kinds, n.Kind)
		}
		if got := strings.Join(kinds, " "); got != next.told {
			t.Errorf("step %d tells %q, want %q", i, got, next.told)
		}
		if more, _ := w.Look(s, now); len(more) > 0 {
			t.Errorf("step %d is told twice: %v", i, more)
		}
		said = append(said, all...)
	}
	return said
}

func same(*state.State) {}

func connection(id string) state.ConnectionState {
	return state.ConnectionState{ID: id, Client: "ChatGPT", RedirectHost: "chatgpt.com", Scopes: []string{"coda.read", "coda.write"}}
}

// cases are the lives of an instance; each kind has one at least.
var cases = map[string][]step{
	Connection: {
		{0, func(s *state.State) { s.Connections = append(s.Connections, connection("old")) }, ""},
		{time.Second, func(s *state.State) { s.Connections = append(s.Connections, connection("new")) }, Connection},
		{time.Second, func(s *state.State) {
			key, doctor := connection("key"), connection("doctor")
			key.IsKey, doctor.Rehearsal = true, true
			s.Connections = append(s.Connections, key, doctor)
		}, ""},
		{time.Second, func(s *state.State) { s.Connections = s.Connections[1:] }, ""},
	},
	Change: {
		{0, same, ""},
		{time.Second, func(s *state.State) { s.Changes.Waiting = 1 }, Change},
		{time.Second, func(s *state.State) { s.Changes.Waiting = 3 }, ""},
		{time.Minute, same, Change}, // those that came meanwhile
		{time.Hour, same, ""},
		{time.Minute, func(s *state.State) { s.Changes.Waiting = 0 }, ""},
		{time.Minute, func(s *state.State) { s.Changes.Waiting = 1 }, Change},
	},
	Tunnel: {
		{0, same, ""},
		{time.Second, func(s *state.State) { s.Phase = state.PhaseReconnecting }, ""},
		{30 * time.Second, func(s *state.State) { s.Phase = state.PhaseOnline }, ""}, // a short one is nobody's concern
		{time.Second, func(s *state.State) { s.Phase = state.PhaseReconnecting }, ""},
		{59 * time.Second, same, ""},
		{time.Second, same, Tunnel},
		{time.Hour, func(s *state.State) { s.Phase = state.PhaseFailed }, ""},
		{time.Second, func(s *state.State) { s.Phase = state.PhaseOnline }, Tunnel},
		{time.Second, func(s *state.State) { s.Phase = state.PhaseOff }, ""},
		{time.Hour, func(s *state.State) { s.Phase = state.PhaseConnecting }, ""},
	},
	Token: {
		{0, same, ""},
		{time.Second, func(s *state.State) { s.Coda.Refused, s.Coda.Problem = true, "Coda no longer accepts the token." }, Token},
		{time.Hour, same, ""},
		{time.Second, func(s *state.State) { s.Coda.Refused, s.Coda.Problem = false, "" }, ""},
		{time.Second, func(s *state.State) { s.Phase, s.Tunnel.Code = state.PhaseFailed, "ERR_NGROK_107" }, Token},
		{time.Hour, same, ""},
	},
	URL: {
		{0, func(s *state.State) { s.Tunnel.Before = "https://first.ngrok-free.app" }, ""},
		{time.Second, func(s *state.State) { s.Tunnel.Before = "https://second.ngrok-free.app" }, URL},
	},
	Quota: {
		{0, func(s *state.State) { s.Tunnel.Quota.MostRequests, s.Tunnel.Quota.Requests = 20_000, 15_999 }, ""},
		{time.Second, func(s *state.State) { s.Tunnel.Quota.Requests = 16_000 }, Quota},
		{time.Second, func(s *state.State) { s.Tunnel.Quota.Requests = 19_000 }, ""},
		{30 * 24 * time.Hour, func(s *state.State) { s.Tunnel.Quota.Requests = 18_000 }, Quota}, // another month
	},
	Index: {
		{0, func(s *state.State) { s.Index.Percent = 0 }, ""},
		{time.Second, func(s *state.State) { s.Index.Percent = 99 }, ""},
		{time.Second, func(s *state.State) { s.Index.Percent = 100 }, Index},
		{time.Second, func(s *state.State) { s.Index.Percent = 99 }, ""}, // a doc has changed
		{time.Second, func(s *state.State) { s.Index.Percent = 100 }, ""},
		{time.Second, func(s *state.State) { s.Index.Enabled = false }, ""},
		{time.Second, func(s *state.State) { s.Index.Enabled, s.Index.Percent = true, 3 }, ""},
		{time.Second, func(s *state.State) { s.Index.Percent = 100 }, Index},
	},
	Version: {
		{0, same, ""},
		{time.Second, func(s *state.State) { s.Updates.Newest = "v1.2.3" }, Version},
		{time.Hour, same, ""},
		{time.Hour, func(s *state.State) { s.Updates.Newest = "v1.3.0" }, Version},
	},
	Approval: {
		{0, same, ""},
		{time.Second, func(s *state.State) {
			s.Waiting = []state.WaitingRequest{{RedirectHost: "chatgpt.com", Address: "203.0.113.7"}}
		}, Approval},
		{30 * time.Second, func(s *state.State) { s.Waiting[0].Seconds = 30 }, ""},
		{90 * time.Second, func(s *state.State) { s.Waiting[0].Seconds = 120 }, ""}, // the same one
		{time.Second, func(s *state.State) {
			s.Waiting = append([]state.WaitingRequest{{RedirectHost: "claude.ai"}}, s.Waiting...)
		}, Approval},
		{time.Second, func(s *state.State) { s.Waiting = nil }, ""},
	},
}

func TestEachKindIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			said := run(t, &Watch{}, cases[kind.Name])
			if len(said) == 0 {
				t.Error("it has no case")
			}
			for _, n := range said {
				if n.Title == "" || n.Body == "" || !state.IsView(n.View) {
					t.Errorf("%+v", n)
				}
			}
		})
	}
}

// TestAChangeThatWaitsSaysWhoseItIs, with few words however many they are.
func TestAChangeThatWaitsSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{
		"An assistant wants to": nil, "Claude wants to": {"Claude"}, "ChatGPT and Claude want to": {"ChatGPT", "Claude"},
		"A and 2 others want to": {"A", "B", "C"},
	} {
		w, s := &Watch{}, state.State{Phase: state.PhaseOnline}
		w.Look(s, time.Unix(0, 0))
		s.Changes.Waiting, s.Changes.Asking = 3, names
		if all, _ := w.Look(s, time.Unix(1, 0)); len(all) != 1 || !strings.HasPrefix(all[0].Body, want) {
			t.Errorf("%v: %+v", names, all)
		}
	}
}

// TestWhatWasToldIsNotToldAfterARestart: what is remembered goes through JSON.
func TestWhatWasToldIsNotToldAfterARestart(t *testing.T) {
	t.Parallel()
	full := func(s *state.State) {
		s.Updates.Newest, s.Tunnel.Quota.MostRequests, s.Tunnel.Quota.Requests = "v1.2.3", 100, 90
		s.Index.Percent = 100
	}
	first := &Watch{}
	run(t, first, []step{{0, func(s *state.State) { s.Index.Percent = 10 }, ""}, {time.Second, full, "quota index version"}})
	b, err := json.Marshal(first.Memory)
	second := &Watch{}
	if err != nil || json.Unmarshal(b, &second.Memory) != nil {
		t.Fatal(err, string(b))
	}
	run(t, second, []step{{0, func(s *state.State) { full(s); s.Index.Percent = 99 }, ""}, {time.Second, full, ""}})
}

// TestAStrangerWhoKnocksMakesNoNoise: a thousand sign-ins in a day, one every
// minute and a half.
func TestAStrangerWhoKnocksMakesNoNoise(t *testing.T) {
	t.Parallel()
	w, now, told := &Watch{}, time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC), 0
	s := state.State{Phase: state.PhaseOnline}
	w.Look(s, now)
	for range 1000 {
		now = now.Add(90 * time.Second)
		s.Waiting = []state.WaitingRequest{{RedirectHost: "chatgpt.com", Address: "203.0.113.7"}}
		all, _ := w.Look(s, now)
		told += len(all)
	}
	if told > 32 || told < 2 {
		t.Errorf("%d notifications in 25 hours", told)
	}
	// The owner answers one, and hears of the next at once again.
	s.Connections = append(s.Connections, connection("mine"))
	w.Look(s, now)
	now = now.Add(2 * time.Minute)
	if all, _ := w.Look(s, now); len(all) != 1 || all[0].Kind != Approval {
		t.Errorf("after a yes: %v", all)
	}
}

// TestItLooksAgainWhenItsTimeComes, though nothing else happens.
func TestItLooksAgainWhenItsTimeComes(t *testing.T) {
	t.Parallel()
	w, now := &Watch{}, time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	s := state.State{Phase: state.PhaseOnline}
	w.Look(s, now)
	s.Phase = state.PhaseReconnecting
	if _, again := w.Look(s, now); !again.Equal(now.Add(time.Minute)) {
		t.Errorf("it looks again at %v", again)
	}
	s.Phase, s.Changes.Waiting = state.PhaseOnline, 1
	w.Look(s, now)
	s.Changes.Waiting = 2
	if _, again := w.Look(s, now.Add(time.Second)); !again.Equal(now.Add(time.Minute)) {
		t.Errorf("it looks again at %v", again)
	}
}
