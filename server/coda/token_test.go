package coda_test

import (
	"net/http"
	"strings"
	"testing"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/server/fault"
)

func TestCheckTokenTellsWhatATokenIs(t *testing.T) {
	t.Parallel()
	const dead = "http://127.0.0.1:1/apis/v1"
	for _, k := range []struct {
		name, token string
		dead        []string // bases tried before the fake
		knobs       codatest.Knobs
		restriction string
		sentence    string // part of the error; empty is success
		refused     bool
	}{
		{"a full token has nothing to explain", codatest.Token, nil, codatest.Knobs{}, coda.RestrictNone, "", false},
		{"the second host is tried when the first is silent", codatest.Token, []string{dead}, codatest.Knobs{}, coda.RestrictNone, "", false},
		{"a read-only token is recognised without a write", codatest.TokenReadOnly, nil, codatest.Knobs{}, coda.RestrictReadOnly, "", false},
		{"a token for one doc is recognised", codatest.TokenOneDoc, nil, codatest.Knobs{}, coda.RestrictObject, "", false},
		{"a token for the MCP server is explained", codatest.TokenMCP, nil, codatest.Knobs{}, "", "type MCP", true},
		{"one silent host does not hide that the other refused", "wrong", []string{dead}, codatest.Knobs{}, "", "does not know this token", true},
		{"a service in trouble is not called a wrong token", codatest.Token, nil, codatest.Knobs{Fail: -1, FailStatus: 500}, "", "Try again", false},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := codaspec.Start(t, codatest.Options{Workspace: tiny(), Knobs: k.knobs})
			h := &http.Client{Transport: &http.Transport{}}
			defer h.CloseIdleConnections()
			info, err := coda.CheckToken(t.Context(), h, k.token, append(k.dead, s.URL()))
			if k.sentence == "" {
				if err != nil || info.Base != s.URL() || info.Host != "127.0.0.1" || info.User.Name != "Robin Vale" ||
					info.Restriction != k.restriction || (info.Note == "") != (k.restriction == "") || info.Scoped != (k.restriction != "") {
					t.Errorf("%v %+v", err, info)
				}
				return
			}
			e, ok := fault.As(err)
			if !ok || (e.Code == coda.CodeTokenRefused) != k.refused ||
				!strings.Contains(e.Sentence, k.sentence) || strings.Contains(err.Error(), k.token) {
				t.Errorf("%v", err)
			}
		})
	}
	_, err := coda.CheckToken(t.Context(), &http.Client{Transport: refuser{}}, "x", nil)
	if err == nil || !strings.Contains(err.Error(), "could not be reached") {
		t.Errorf("no host: %v", err)
	}
}

func TestParseLink(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		link string
		want coda.Link
	}{
		{"https://docs.superhuman.com/d/_dAbCDeFGH", coda.Link{DocID: "AbCDeFGH"}},
		{"https://coda.io/d/Some-Doc_dAbCDeFGHiJ/Launch-Status_sumnO", coda.Link{DocID: "AbCDeFGHiJ", Page: "_sumnO"}},
		{" https://docs.superhuman.com/d/My_draft_dAb_dDeFGHi/#To-do-List_tu1234&view=full ", coda.Link{DocID: "Ab_dDeFGHi", Table: "_tu1234"}},
		{"https://docs.superhuman.com/d/_dAbCDeFGH#Teams-and-Tasks_tpqRst-U/_rui-tuVwxYz", coda.Link{DocID: "AbCDeFGH", Table: "_tpqRst-U", Row: "_rui-tuVwxYz", RowID: "i-tuVwxYz"}},
		{"https://docs.superhuman.com/d/Plan_dAbCDeFGHiJ/Home_su12#_lXyZ", coda.Link{DocID: "AbCDeFGHiJ", Page: "_su12", Line: "cl-XyZ"}},
	} {
		got, ok := coda.ParseLink(k.link)
		if !ok || got != k.want {
			t.Errorf("%s: %v %+v", k.link, ok, got)
		}
	}
	for _, no := range []string{"", "AbCDeFGH", "https://example.com/d/_dAbC", "https://coda.io/docs", "https://coda.io/d/", "javascript:alert(1)", "https://coda.io.evil.example/d/_dAbC"} {
		if l, ok := coda.ParseLink(no); ok {
			t.Errorf("%q is taken for %+v", no, l)
		}
	}
}

func TestLinksOfTheServiceLeadBack(t *testing.T) {
	t.Parallel()
	c, _, _ := connect(t, codatest.Options{})
	ctx, doc := t.Context(), firstDoc(t, c)
	rows, err := c.ListRows(ctx, doc, "Tasks", coda.RowQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	row := rows.Items[0]
	l, ok := coda.ParseLink(row.BrowserLink)
	if !ok || l.DocID != doc || l.RowID != row.ID || !l.Same(row.BrowserLink) || l.Same("https://coda.io/d/_d"+doc) {
		t.Errorf("%v %+v", ok, l)
	}
	for _, link := range []string{row.BrowserLink, strings.Replace(row.BrowserLink, "docs.superhuman.com", "coda.io", 1)} {
		r, err := c.ResolveBrowserLink(ctx, link, false)
		if err != nil || r.Type != "row" || r.ID != row.ID || r.DocID != doc || !strings.HasPrefix(r.TableID, "grid-") {
			t.Errorf("%v %+v", err, r)
		}
	}
	gone := "https://docs.superhuman.com/d/_d" + doc + "/Gone_su999999"
	if _, err := c.ResolveBrowserLink(ctx, gone, false); !coda.IsKind(err, coda.KindNotFound) {
		t.Errorf("gone: %v", err)
	}
	if r, err := c.ResolveBrowserLink(ctx, gone, true); err != nil || r.Type != "doc" {
		t.Errorf("gone, degraded: %v %+v", err, r)
	}
}
