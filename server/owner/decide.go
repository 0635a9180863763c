package owner

import (
	"context"
	"errors"
	"slices"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/door"
	"codabridge/server/fault"
	"codabridge/server/oauth"
)

// asked is what is shown of a request that waits, so that the owner decides on
// what they see.
func asked(r oauth.Waiting, scopes []string) Answer {
	answer := Answer{"client": r.Client, "redirect_host": r.RedirectHost, "scopes": scopes, "self_named": r.SelfNamed, "address": r.Address}
	if r.Redirect != "" {
		answer["redirect"], answer["looks_like"] = r.Redirect, r.LooksLike
	}
	return answer
}

func (o *Owner) findRequest(_ context.Context, form Form) (Answer, error) {
	r, err := o.oauth.Find(form.Text("code"))
	return asked(r, r.Scopes), err
}

// approve gives the owner's yes to the request that shows this code, and tells
// who was let in to do what.
func (o *Owner) approve(ctx context.Context, form Form) (Answer, error) {
	code := form.Text("code")
	r, err := o.oauth.Find(code)
	yes, formErr := yesOf(form)
	if err == nil {
		err = formErr
	}
	if err == nil {
		err = aboutHost(o.oauth.ApproveAs(ctx, code, yes), r)
	}
	if err != nil {
		return nil, err
	}
	scopes := r.Scopes
	if !yes.Write || o.desk.State().ReadOnly {
		scopes = []string{oauth.ScopeRead}
	}
	answer := asked(r, scopes)
	yes.Ask = yes.Ask && slices.Contains(r.Scopes, oauth.ScopeWrite)
	answer["message"], answer["asks"] = approved(scopes, yes), yes.Ask
	return answer, nil
}

// approved says how far a yes went.
func approved(scopes []string, yes oauth.Yes) string {
	far := "Approved for reading."
	switch {
	case yes.Ask:
		far = "Approved for reading. It asks you before each change."
	case slices.Contains(scopes, oauth.ScopeWrite):
		far = "Approved for reading and writing."
	}
	return far + " Your browser's tab goes on by itself."
}

// yesOf reads what a form allows: policy read, ask or write, or, where that is
// missing, write or not.
func yesOf(form Form) (oauth.Yes, error) {
	yes := oauth.Yes{Write: form.On("write"), Host: form.Text("host")}
	switch form.Text("policy") {
	case "":
	case "read":
		yes.Write = false
	case "ask":
		yes.Write, yes.Ask = true, true
	case "write":
		yes.Write = true
	default:
		return yes, fault.New(fault.CodeInput, "Say read, ask or write for policy.")
	}
	return yes, nil
}

// aboutHost asks for the second yes that an address on no list needs.
func aboutHost(err error, r oauth.Waiting) error {
	if !errors.Is(err, oauth.ErrUnlisted) {
		return err
	}
	looks := ""
	if r.LooksLike != "" {
		looks = ", which a browser may show as “" + r.LooksLike + "”"
	}
	return fault.Wrap(err, CodeUnlisted, "It would send the sign-in to %s. The host %s%s is on no list. "+
		"If you know it and started this yourself, say yes to the host too: tick it on the page, or run codabridge approve with --host %s.",
		r.Redirect, r.RedirectHost, looks, r.RedirectHost)
}

func (o *Owner) deny(ctx context.Context, form Form) (Answer, error) {
	return say("Refused. The client was told no."), o.oauth.Deny(ctx, form.Text("code"))
}

func (o *Owner) revokeConnection(ctx context.Context, form Form) (Answer, error) {
	return say("Revoked. It cannot read or write any more."), o.oauth.Revoke(ctx, form.Text("id"))
}

// findConnections draws the connections whose name, host or id holds a text.
func (o *Owner) findConnections(_ context.Context, form Form) (Answer, error) {
	want, found, html := strings.ToLower(strings.TrimSpace(form.Text("name"))), 0, ""
	for _, c := range o.desk.State().Connections {
		if !strings.Contains(strings.ToLower(c.Shown()+" "+c.RedirectHost+" "+c.ID), want) {
			continue
		}
		found++
		if found > mostConnections {
			continue
		}
		part, err := door.Render("connection", c)
		if err != nil {
			return nil, err
		}
		html += part
	}
	return Answer{"html": html, "found": found, "shown": min(found, mostConnections)}, nil
}

// arrive says where the page sends its browser that was opened by a link with
// a code: to the public door, which sees whether this browser shows that code.
func (o *Owner) arrive(ctx context.Context, form Form) (Answer, error) {
	link, err := o.oauth.Arrive(form.Text("code"), caller.Origin(ctx))
	return Answer{"link": link}, err
}

// arrived gives the code of the link to the browser that came back, if it is
// the one that shows it.
func (o *Owner) arrived(_ context.Context, form Form) (Answer, error) {
	code, err := o.oauth.Arrived(form.Text("for"))
	return Answer{"code": code}, err
}
